package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cbscript/cbscript/client/nearest"
)

// rootCommand makes the tree of commands.
func (p *program) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "cbscript",
		Short: "Run Starlark scripts against Carbon Black servers",
		Long: `cbscript runs Starlark scripts against Carbon Black servers: Cb Response, Cb
Protection and Cb Defense. A script never holds or sees a credential, so it can
be shared; profiles say where a server is and with which token it is asked.`,
		Example: `  cbscript run --demo scripts/net_use.star      try it, without a server
  cbscript configure response                   set up a profile
  cbscript run hunt.star --profile prod         run a script against a server
  cbscript repl                                 explore`,
		Args:              cobra.ArbitraryArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE: func(cmd *cobra.Command, args []string) error {
			if show, err := cmd.Flags().GetBool("version"); err != nil || show {
				fmt.Fprint(p.out, versionText())
				return err
			}
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.Flags().Bool("version", false, "print the version, as the command version does")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(p.writeHelp)
	root.AddCommand(
		p.runCommand(),
		p.replCommand(),
		p.lrCommand(),
		p.checkCommand(),
		p.jobsCommand(),
		p.testCommand(),
		p.docCommand(),
		p.packCommand(),
		p.publishCommand(),
		p.installCommand(),
		p.listCommand(),
		p.removeCommand(),
		p.verifyCommand(),
		p.evidenceCommand(),
		p.keygenCommand(),
		p.trustCommand(),
		p.configureCommand(),
		p.profilesCommand(),
		p.simulateCommand(),
		p.checkTLSCommand(),
		p.versionCommand(),
		p.completionCommand(),
	)
	root.SetHelpCommand(p.helpCommand(root))
	root.InitDefaultHelpCmd()
	return root
}

// unknownCommand is the error for a name that is no command of parent.
func unknownCommand(parent *cobra.Command, name string) error {
	var names []string
	for _, c := range parent.Commands() {
		names = append(names, c.Name())
	}
	if near := nearest.Name(name, names); near != "" {
		return usage(fmt.Sprintf("did you mean %q?", parent.CommandPath()+" "+near), "unknown command %q", name)
	}
	return usage(fmt.Sprintf("%q lists the commands", parent.CommandPath()+" help"), "unknown command %q", name)
}

// flagError explains a flag that cannot be understood.
func flagError(cmd *cobra.Command, err error) error {
	help := fmt.Sprintf("%q lists the flags", cmd.CommandPath()+" --help")
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usage(help, "%w", err)
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name := unknown.GetSpecifiedName()
	switch near := nearest.Name(name, names); {
	case near != "" && unknown.GetSpecifiedShortnames() == "":
		help = fmt.Sprintf("did you mean --%s?", near)
		if cmd.Name() == "run" {
			help += " The script's own parameters come after --"
		}
	case cmd.Name() == "run":
		help = fmt.Sprintf("the script's own parameters come after --, as in: %s SCRIPT -- --%s VALUE", cmd.CommandPath(), name)
	}
	return usage(help, "%w", err)
}

// arguments checks how many arguments a command was given; what names them for the error.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		advice := fmt.Sprintf("%q shows how it is used", cmd.CommandPath()+" --help")
		switch {
		case len(args) < least:
			return usage(advice, "%s: want %s", cmd.CommandPath(), what)
		case len(args) > most && most == 0:
			return usage(advice, "%s: got %q, want no arguments", cmd.CommandPath(), args[0])
		case len(args) > most:
			return usage(advice, "%s: got %q besides, want %s", cmd.CommandPath(), args[most], what)
		}
		return nil
	}
}
