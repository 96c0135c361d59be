package main

import (
	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/runtime"
)

// reachOptions are the flags that bound how much a script changes.
type reachOptions struct {
	most    int64 // 0 means the default, runtime.Unlimited no bound
	confirm int
}

// reachFlags add the flags.
func reachFlags(cmd *cobra.Command, o *reachOptions) {
	flags := cmd.Flags()
	flags.Var((*count)(&o.most), "max-changes", "stop before more than `N` objects are changed, unless their number is confirmed; none for no limit (default 10)")
	flags.IntVar(&o.confirm, "confirm", 0, "the `NUMBER` of changed objects, or of reached endpoints, that is meant")
}

// config is what the flags say.
func (o reachOptions) config() (guard.Config, error) {
	if o.confirm < 0 {
		return guard.Config{}, usage("give the number that the refusal or --dry-run named", "--confirm: got %d, want a number of 1 or more", o.confirm)
	}
	c := guard.Config{MaxChanges: guard.DefaultMaxChanges, Confirmed: o.confirm}
	switch {
	case o.most == runtime.Unlimited:
		c.MaxChanges = 0
	case o.most > 0:
		c.MaxChanges = int(o.most)
	}
	return c, nil
}
