// Package builtins gives scripts the names that they see without loading anything: attempt and fail, emit, artifact,
// param, parallel, progress, log, the modules json, time, math, re, csv, base64, hashlib, ip and so on.
//
// [All] is the one table of them: the predeclared names ([Predeclared]), help() and the reference derive from it.
// What reaches beyond the interpreter (rows, files, parameters, progress, log lines, threads) goes through the [Host]
// that [SetHost] put on the thread, which package runtime implements. The builtins read no clock, environment or file
// of their own.
//
// The package does not talk HTTP and knows no model: those come from package bindings.
package builtins
