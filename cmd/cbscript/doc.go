package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime/lrshell"
	"github.com/cbscript/cbscript/runtime/reference"
	"github.com/cbscript/cbscript/runtime/servers"
)

// docOptions are the flags of doc.
type docOptions struct {
	dir   string
	check bool
}

// docCommand writes the reference.
func (p *program) docCommand() *cobra.Command {
	var o docOptions
	cmd := &cobra.Command{
		Use:   "doc",
		Short: "Write the reference of what scripts see",
		Long: `Write the reference of what scripts see, in Markdown: every model with its
attributes, methods and queries, and every builtin. It is made from the tables
that the program works by. The names of the files that changed are printed.`,
		Example: `  cbscript doc --dir docs/reference
  cbscript doc --check`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.doc(o, cmd.Root()) },
	}
	cmd.Flags().StringVar(&o.dir, "dir", "docs/reference", "write to this `DIRECTORY`")
	cmd.Flags().BoolVar(&o.check, "check", false, "write nothing, and fail when a file is not as it would be written")
	return cmd
}

// doc writes or compares the reference.
func (p *program) doc(o docOptions, root *cobra.Command) error {
	work := reference.Write
	if o.check {
		work = reference.Compare
	}
	pages := append(reference.Pages(servers.Products(), builtins.All()), commandsPage(root), shellPage())
	changed, err := work(p.opened(o.dir), pages)
	if err != nil {
		return err
	}
	if o.check && len(changed) > 0 {
		return &stale{o.dir, changed}
	}
	for _, name := range changed {
		fmt.Fprintln(p.out, name)
	}
	return nil
}

// commandsPage is the help of every command.
func commandsPage(root *cobra.Command) reference.Page {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n# Commands\n\nThe help of every command, as `cbscript help COMMAND` shows it. See also [the exit codes](../exit-codes.md).\n", reference.Mark)
	writeCommands(&b, root)
	return reference.Page{Name: "commands.md", Text: b.String()}
}

// writeCommands writes the help of a command and of those below it.
func writeCommands(b *strings.Builder, c *cobra.Command) {
	c.InitDefaultHelpFlag()
	help := &program{out: &strings.Builder{}}
	help.writeHelp(c, nil)
	fmt.Fprintf(b, "\n## %s\n\n```\n%s\n```\n", c.CommandPath(), strings.TrimSpace(fmt.Sprint(help.out)))
	for _, below := range c.Commands() {
		writeCommands(b, below)
	}
}

// shellPage is the help of every command of the shell on an endpoint.
func shellPage() reference.Page {
	return reference.Page{Name: "lr.md", Text: fmt.Sprintf("%s\n\n# Commands of the Live Response shell\n\n"+
		"What `help COMMAND` shows in `cbscript lr`. See also [Live Response](../live-response.md#a-shell).\n\n%s\n",
		reference.Mark, strings.TrimSpace(lrshell.Reference()))}
}

// stale is the error of a reference that is not what the tables say.
type stale struct {
	dir   string
	names []string
}

// Error names the files.
func (e *stale) Error() string {
	return fmt.Sprintf("%s is not what the program says, in %s", e.dir, strings.Join(e.names, ", "))
}

// Hint says how to mend it.
func (e *stale) Hint() string { return "cbscript doc --dir " + e.dir + " writes it anew" }
