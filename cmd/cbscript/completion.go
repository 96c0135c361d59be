package main

import (
	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/nearest"
)

// completionCommand writes a shell's completion script.
func (p *program) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Write a completion script for a shell",
		Long: `Write a script to standard output that has the shell complete commands, flags and
the names of profiles.`,
		Example: `  source <(cbscript completion bash)       for this shell
  cbscript completion zsh > "${fpath[1]}/_cbscript"
  cbscript completion fish > ~/.config/fish/completions/cbscript.fish
  cbscript completion powershell | Out-String | Invoke-Expression`,
		Args:      arguments(1, 1, "a shell: bash, zsh, fish or powershell"),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.out, true)
			case "zsh":
				return root.GenZshCompletion(p.out)
			case "fish":
				return root.GenFishCompletion(p.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(p.out)
			}
			advice := "want bash, zsh, fish or powershell"
			if near := nearest.Name(args[0], shells); near != "" {
				advice = "did you mean " + near + "?"
			}
			return usage(advice, "unknown shell %q", args[0])
		},
	}
}
