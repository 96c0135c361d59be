// Package share makes Starlark values safe to use from several threads at once.
//
// The interpreter's own rule is that a value may be shared once it is frozen. Freezing a function freezes what it
// captured, but not the module's global variables that it reads; and freezing all globals would break the script that
// goes on changing its own afterwards. So an [Index] knows, from the syntax trees of the files that were compiled, which
// global names each function uses, and [Index.Freeze] freezes only what can be reached through those.
//
// A frozen value stays frozen. What a function given to parallel can reach is read-only from then on; a list beside it,
// which it does not use, is not.
package share
