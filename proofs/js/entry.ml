external register : (string -> string -> string) -> unit = "sparsest_register"
let () = register Reader.judge
