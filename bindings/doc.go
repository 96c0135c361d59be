// Package bindings joins Starlark to the Go client: it gives a Starlark thread its context, carries an
// error out of the places where the interpreter has no room for one, converts values both ways, and
// presents the client's values (connections, queries, objects, sessions, jobs, events) to scripts.
//
// Start with [Attach], which every goroutine calls before it runs Starlark code, and with [SafeCall] and
// [Call], the only doors from the host into Starlark:
//
//	t := &starlark.Thread{Name: "hunt"}
//	defer bindings.Attach(t, ctx)()
//	v, err := bindings.Call(t, fn, args, nil)
//	var script *bindings.ScriptError
//	if errors.As(err, &script) {
//		fmt.Fprintln(os.Stderr, script.Backtrace())
//	}
//
// # Errors in the middle of iteration
//
// starlark.Iterator.Next, Len, Truth and Index cannot return an error. A value of this package that fails
// there calls [Raise], which panics with a private type; SafeCall turns the panic into a [*ScriptError].
// So a failed page of results can never look like the end of the results. Whoever enters Starlark without
// SafeCall gets a crash instead of a silent loss. Code between Starlark and Raise must release its locks
// with defer.
//
// A builtin that calls back into Starlark returns the callback's error as it is: wrapping it with
// fmt.Errorf would hide the frames inside the callback from the backtrace.
//
// The package knows no URL and no model: those are the client's. The subpackage clock holds the values of
// the script's time module, and arg the types that builtins share to check their arguments.
package bindings
