package bindings

import (
	"context"
	"fmt"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/caller"
)

// callContext is the context of a thread for the call of a method. A call that needs a capability carries where the script
// makes it, for the journal of changes.
func callContext(t *starlark.Thread, needs client.Capability) context.Context {
	ctx := Context(t)
	if needs == client.Read {
		return ctx
	}
	if at := callerOf(t); at != "" {
		return caller.With(ctx, at)
	}
	return ctx
}

// callerOf gives file and line of the innermost code of a script that a thread runs, or empty text when there is none: a
// builtin may call another one on a thread of its own.
func callerOf(t *starlark.Thread) string {
	for depth := 0; depth < t.CallStackDepth(); depth++ {
		if at := t.CallFrame(depth).Pos; at.Line > 0 {
			return fmt.Sprintf("%s:%d", at.Filename(), at.Line)
		}
	}
	return ""
}
