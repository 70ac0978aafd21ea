(* sparsest-verified PROBLEM STATEMENT: two plain texts, as `sparsest canonical` and `sparsest check --verified --statement` print them. *)
let read name =
  let channel = open_in_bin name in
  let text = really_input_string channel (in_channel_length channel) in
  close_in channel; text

let () =
  match Sys.argv with
  | [| _; problem; statement |] ->
    let verdict = Reader.judge (read problem) (read statement) in
    print_endline verdict;
    exit (match verdict with "accepted" -> 0 | "rejected" -> 1 | _ -> 2)
  | _ -> prerr_endline "usage: sparsest-verified PROBLEM STATEMENT"; exit 2
