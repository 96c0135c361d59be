package main

import (
	"cmp"
	"fmt"
	goruntime "runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// versionCommand prints what was built, from what, and with what.
func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "Print the version of cbscript, its commit, and the Go version and system that it was built for.",
		Example: "  cbscript version",
		Args:    arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprint(p.out, versionText())
			return nil
		},
	}
}

// versionText is a line about the program, one about its commit when that is known, and one about Go.
func versionText() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	setting := map[string]string{}
	for _, s := range info.Settings {
		setting[s.Key] = s.Value
	}
	var b strings.Builder
	fmt.Fprintf(&b, "cbscript %s\n", versionOf(info))
	if commit := setting["vcs.revision"]; commit != "" {
		fmt.Fprintf(&b, "commit %s of %s", commit, cmp.Or(setting["vcs.time"], "an unknown time"))
		if setting["vcs.modified"] == "true" {
			b.WriteString(", with local changes")
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%s %s/%s\n", goruntime.Version(), goruntime.GOOS, goruntime.GOARCH)
	return b.String()
}

// versionOf is the module's version, or "devel" for a build that has none.
func versionOf(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return "devel"
}
