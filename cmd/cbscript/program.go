package main

import (
	"cmp"
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/cbscript/cbscript/runtime"
)

// program is what the commands have around them: everything that they read, write or look up is handed in.
type program struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	workDir  string // where relative paths start from; absolute
	here     bool   // that is the process's own working directory
	home     string // the user's home directory, empty for a service without one
	machine  string // the directory of the machine's credential files
	exit     func(code int)

	failed error // why a help text could not be shown: there is no other way for it out of cobra
}

// system is the program's surroundings in a process.
func system() *program {
	workDir, err := os.Getwd()
	if err != nil {
		workDir = "." // the system then says where a path fails
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	return &program{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		getenv:  os.Getenv,
		workDir: workDir,
		here:    true,
		home:    home,
		machine: "/etc/carbonblack",
		exit:    os.Exit,
	}
}

// path makes a file name absolute.
func (p *program) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(p.workDir, file)
}

// opened is the name to open a file by: as it was given where that will do, since errors repeat it.
func (p *program) opened(file string) string {
	if p.here {
		return file
	}
	return p.path(file)
}

// run runs the command that args name, and gives its exit code.
func run(ctx context.Context, args []string, p *program) int {
	root := p.rootCommand()
	root.SetArgs(args)
	err := cmp.Or(root.ExecuteContext(ctx), p.failed)
	if err == nil {
		return runtime.ExitDone
	}
	p.report(err)
	return exitCode(err)
}
