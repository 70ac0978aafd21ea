(** Everything that a reader has to trust: networks, architectures, sizes, windows, and what each claim means.
    The theorem [verified] of Main.v: what [verify] accepts, a claim about the rows that it was given, is true. *)
From Coq Require Import Reals QArith Qreals List Bool.
Import ListNotations.
Open Scope R_scope.

Definition relu (z : R) : R := Rmax 0 z.

Fixpoint dot (a b : list R) : R :=
  match a, b with
  | x :: a', y :: b' => x * y + dot a' b'
  | _, _ => 0
  end.

Fixpoint sum (l : list R) : R := match l with [] => 0 | x :: l' => x + sum l' end.

(** f(x) = sum of ow * max(0, iw . x + ib) over the neurons, plus skw . x + skb. *)
Record neuron := Neuron { iw : list R; ib : R; ow : R }.
Record network := Network { hidden : list neuron; skw : list R; skb : R }.

Definition fire (x : list R) (k : neuron) : R := ow k * relu (dot (iw k) x + ib k).
Definition eval (f : network) (x : list R) : R :=
  sum (map (fire x) (hidden f)) + (dot (skw f) x + skb f).

Inductive skip := SkipAffine | SkipBias | SkipNone.

(** [f] has [d] inputs and the architecture [s]. *)
Definition shaped (d : nat) (s : skip) (f : network) : Prop :=
  Forall (fun k => length (iw k) = d) (hidden f) /\ length (skw f) = d /\
  match s with
  | SkipAffine => True
  | SkipBias => Forall (eq 0) (skw f)
  | SkipNone => Forall (eq 0) (skw f) /\ skb f = 0
  end.

(** A dead neuron is the zero function (on all of R^d). *)
Definition dead (k : neuron) : Prop := ow k = 0 \/ (Forall (eq 0) (iw k) /\ ib k <= 0).

Lemma dead_dec k : {dead k} + {~ dead k}.
Proof.
  destruct (Req_EM_T (ow k) 0) as [e|e]; [left; now left|].
  destruct (Rle_dec (ib k) 0) as [l|l].
  - destruct (Forall_dec (eq 0) (Req_EM_T 0) (iw k)) as [h|h].
    + left; right; now split.
    + right; intros [H|[H _]]; contradiction.
  - right; intros [H|[_ H]]; contradiction.
Defined.

Definition alive (k : neuron) : bool := if dead_dec k then false else true.
Definition nonzero (w : R) : bool := if Req_EM_T w 0 then false else true.
Definition nonzeros (l : list R) : nat := length (filter nonzero l).

(** The two sizes of a network. *)
Definition neurons (f : network) : nat := length (filter alive (hidden f)).
Definition parameters (f : network) : nat :=
  list_sum (map (fun k => nonzeros (iw k ++ [ib k])) (filter alive (hidden f))).

(** A problem: windows at rational points. *)
Record point := Point { px : list Q; plo : Q; phi : Q }.
Definition problem := list point.

Definition meets (P : problem) (f : network) : Prop :=
  forall p, In p P -> Q2R (plo p) <= eval f (map Q2R (px p)) <= Q2R (phi p).

(** ** Claims *)

(** Rows of the canonical text: a point with its window, and a weight (1 where the text has none). *)
Record data_row := Row { drow : point; dweight : Q }.
Definition rows := list data_row.
Definition windows (D : rows) : problem := map drow D.

Definition size (by_parameters : bool) (f : network) : nat := if by_parameters then parameters f else neurons f.

(** Every network of architecture [s] through the windows has at least [lower]; some has at most [upper]. *)
Definition minimum (by_parameters : bool) (d : nat) (s : skip) (P : problem) (lower : nat) (upper : option nat) : Prop :=
  (forall f, shaped d s f -> meets P f -> (lower <= size by_parameters f)%nat) /\
  forall u, upper = Some u -> exists f, shaped d s f /\ meets P f /\ (size by_parameters f <= u)%nat.

(** No function at all passes through every window. *)
Definition infeasible (P : problem) : Prop :=
  forall g : list R -> R, ~ forall p, In p P -> Q2R (plo p) <= g (map Q2R (px p)) <= Q2R (phi p).

(** [f] keeps every window widened by [e] times the weight of its row. *)
Definition keeps (e : R) (D : rows) (f : network) : Prop := forall r, In r D ->
  Q2R (plo (drow r)) - e * Q2R (dweight r) <= eval f (map Q2R (px (drow r))) <=
  Q2R (phi (drow r)) + e * Q2R (dweight r).

(** Some function of one input with at most [k] knots keeps the windows widened by [e], none does for less. *)
Definition least_tolerance (D : rows) (k : nat) (e : Q) : Prop :=
  (exists f, shaped 1 SkipAffine f /\ (neurons f <= k)%nat /\ keeps (Q2R e) D f) /\
  forall f e', shaped 1 SkipAffine f -> (neurons f <= k)%nat -> e' < Q2R e -> ~ keeps e' D f.

(** Shapes of functions of one input. *)
Record shape := Shape { min_slope : option Q; max_slope : option Q; convex : option bool }. (* Some false: concave *)
Definition of_shape (h : shape) (g : R -> R) : Prop :=
  (forall s, min_slope h = Some s -> forall x y, x <= y -> Q2R s * (y - x) <= g y - g x) /\
  (forall s, max_slope h = Some s -> forall x y, x <= y -> g y - g x <= Q2R s * (y - x)) /\
  (convex h = Some true -> forall x y z, x < y < z -> (g y - g x) * (z - y) <= (g z - g y) * (y - x)) /\
  (convex h = Some false -> forall x y z, x < y < z -> (g z - g y) * (y - x) <= (g y - g x) * (z - y)).

(** No function of the shape passes through the windows. *)
Definition shape_infeasible (h : shape) (P : problem) : Prop :=
  forall g : R -> R, of_shape h g -> ~ forall p, In p P -> exists x, px p = [x] /\ Q2R (plo p) <= g (Q2R x) <= Q2R (phi p).

(** [k] is the fewest neurons, with a free affine part, of a function of the shape through the windows. *)
Definition shape_minimum (h : shape) (P : problem) (k : nat) : Prop :=
  (forall f, shaped 1 SkipAffine f -> meets P f -> (k <= neurons f)%nat) /\
  exists f, shaped 1 SkipAffine f /\ meets P f /\ of_shape h (fun x => eval f [x]) /\ (neurons f <= k)%nat.

Inductive claim :=
  | Minimum (by_parameters : bool) (s : skip) (lower : nat) (upper : option nat)
  | Infeasible
  | LeastTolerance (curve : list (nat * Q))
  | ShapeInfeasible (h : shape)
  | ShapeMinimum (h : shape) (k : nat).

(** What a claim says of the [rows] of [d] inputs. *)
Definition true_of (d : nat) (D : rows) (c : claim) : Prop :=
  match c with
  | Minimum by_parameters s lower upper => minimum by_parameters d s (windows D) lower upper
  | Infeasible => infeasible (windows D)
  | LeastTolerance curve => d = 1%nat /\ forall k e, In (k, e) curve -> least_tolerance D k e
  | ShapeInfeasible h => d = 1%nat /\ shape_infeasible h (windows D)
  | ShapeMinimum h k => d = 1%nat /\ shape_minimum h (windows D) k
  end.
