package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// helpWidth is the number of columns that the descriptions of flags are wrapped at.
const helpWidth = 90

// helpCommand shows the help of another command.
func (p *program) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show the help of a command",
		Long:    "Show the help of a command: the same as cbscript COMMAND --help.",
		Example: "  cbscript help profiles",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if len(args) == 0 {
				for _, c := range root.Commands() {
					names = append(names, c.Name()+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || found == root && len(rest) > 0 {
				return unknownCommand(root, args[0])
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

// writeHelp writes the whole help of a command.
func (p *program) writeHelp(c *cobra.Command, _ []string) {
	fmt.Fprintf(p.out, "%s\n\n", strings.TrimSpace(c.Long))
	p.writeUsage(c)
}

// writeUsage writes how a command is used: its line, examples, subcommands and flags.
func (p *program) writeUsage(c *cobra.Command) {
	line := c.UseLine()
	if c.HasAvailableSubCommands() {
		line = c.CommandPath() + " COMMAND [flags]"
	}
	fmt.Fprintf(p.out, "Usage:\n  %s\n", line)
	if c.Example != "" {
		fmt.Fprintf(p.out, "\nExamples:\n%s\n", c.Example)
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprint(p.out, "\nCommands:\n")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(p.out, "  %-*s  %s\n", c.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	if c.HasAvailableFlags() {
		fmt.Fprintf(p.out, "\nFlags:\n%s", c.Flags().FlagUsagesWrapped(helpWidth))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(p.out, "\n%q shows the help of a command.\n", strings.TrimSpace(c.Root().Name()+" help "+strings.TrimPrefix(strings.TrimPrefix(c.CommandPath(), c.Root().Name()), " "))+" COMMAND")
	}
}
