// Package runtime runs scripts: it is the interpreter around the builtins, with loads, limits, hints, error reports and
// the values that a program gives a script.
//
// # Running a script
//
// A [Runtime] is made of what scripts see and of what they may use, and runs a [Script]:
//
//	rt, err := runtime.New(runtime.Config{
//		Predeclared: builtins.Predeclared(),
//		Print:       os.Stdout,
//		Limits:      runtime.Limits{Time: time.Minute},
//	})
//	s, err := runtime.Open("hunt.star", "")
//	defer s.Close()
//	_, err = rt.Run(ctx, s)
//	fmt.Fprint(os.Stderr, runtime.Report(err))
//	os.Exit(runtime.ExitCode(err))
//
// The package knows no product: the names of models and the modules "cb/..." are handed in ([Config].Modules), and so is
// the standard library ([Config].Std). A script has no other files than those below its own root, and no clock,
// environment or network but through what it was given.
//
// # Parameters
//
// [Describe] reads a script's docstring and its calls of param without running it, [Description.Usage] is the help on
// them, and [Description.Parse] reads them from a command line. Both use the builtin param itself, so that they agree
// with the run.
//
// # Limits
//
// [Limits] bound steps, depth, memory, time, output, requests and the size of the source. Those of memory and of single
// long operations are soft within a process: Go cannot stop a builtin in the middle, and one step may take a gigabyte.
// Run returns in any case, within [Limits].Grace after the order to stop, with a [*HangError] if the script did not obey;
// a program that wants its memory back must end then, or run scripts in a process of their own.
//
// # Errors
//
// Errors are typed, and have a Kind that scripts and [ExitCode] see. [Report] explains one to a person: where the script
// was, the line of source, the cause, and what to write instead of a habit from Python (package hint). It shows control
// characters of endpoints' text instead of sending them to the terminal, and never Go's own stack.
//
// # Beside it
//
// Package runtime/output writes rows, files and progress; runtime/repl is the engine of an interactive session over
// [Session]; runtime/scripttest runs the tests of scripts; runtime/bundle has the community modules that [Config].Bundles
// gives.
package runtime
