// Package repl is the engine of an interactive session: it reads chunks of a script from a line editor, runs them,
// shows values and errors, completes names and keeps the history.
//
// The line editor is the program's: anything that reads a line ([Editor]). Start with [New]:
//
//	loop := repl.New(repl.Config{
//		Session:   rt.NewSession(nil),
//		Editor:    editor,
//		Out:       os.Stdout,
//		Err:       os.Stderr,
//		Interrupt: func(ctx context.Context) (context.Context, context.CancelFunc) { return signal.NotifyContext(ctx, os.Interrupt) },
//	})
//	err := loop.Run(ctx)
//
// The value of an expression is shown and becomes "_". Ctrl-C ends what is running, not the program. Names that a chunk
// had assigned before it failed stay. exit, quit and the end of the input end the loop.
//
// Showing and completing never ask a server: values are shown by their String and by the elements that they hold, and
// what follows a dot comes from tables ([Attributes]), never from reading an attribute.
package repl
