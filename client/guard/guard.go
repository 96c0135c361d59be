package guard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cbscript/cbscript/client"
)

// Answer is what a person says to a change that needs a capability which was not granted. The zero value is No.
type Answer int

// The answers.
const (
	No     Answer = iota // refuse this change
	Once                 // make this change
	Always               // make this change and all later ones that need the same
)

// Config says what is allowed. The zero value allows nothing that changes something.
type Config struct {
	// Allow are the capabilities that are granted from the start.
	Allow []client.Capability
	// Declared are the capabilities that a script declares: it gets no others, whatever is granted or answered, and no
	// change that needs others is shown. Nil means that it declares nothing, and is not bound by that.
	Declared []client.Capability
	// Ask is asked about a change that needs capabilities which were not granted, missing. It is not called
	// concurrently. An error refuses the change and is given to whoever wanted it. Nil refuses without asking.
	Ask func(ctx context.Context, change client.Change, missing []client.Capability) (Answer, error)
	// Show is called with each change instead of making it, concurrently; see [Describe]. Such a change needs no
	// capability. What only reads from an endpoint is made also then, when it is granted: without it there is nothing to
	// decide the changes by. Nil makes the changes.
	Show func(client.Change)
	// MaxChanges bounds how many objects are changed before someone confirms it; 0 means no bound. See [ReachError].
	MaxChanges int
	// Confirmed is the number of changed objects, or of reached endpoints, that a person has confirmed; 0 is none.
	Confirmed int
}

// Guard decides about changes. It is safe for concurrent use.
type Guard struct {
	c Config

	mu      sync.Mutex // guards granted, and one question at a time
	granted []client.Capability
	reach   reach
}

var _ client.Guard = (*Guard)(nil)

// New makes a guard.
func New(c Config) *Guard {
	return &Guard{c: c, granted: slices.Clone(c.Allow), reach: reach{most: c.MaxChanges, confirmed: c.Confirmed}}
}

// Permit reports whether a change is sent. A change that needs a capability which is not granted, or not declared,
// is a [*client.PermissionError], one that reaches too far a [*ReachError] or a [*CautionError]. What completes a change that
// was permitted is not asked about again.
func (g *Guard) Permit(ctx context.Context, change client.Change) (send bool, err error) {
	if err := undeclared(g.c.Declared, change.Needs, change.Action); err != nil {
		return false, err
	}
	showing := g.c.Show != nil && !readsEndpoint(change)
	if !showing {
		if change.Continues {
			return true, nil
		}
		if permitted, err := g.permitted(ctx, change); err != nil || !permitted {
			return false, err
		}
	}
	if change.Cautions != nil {
		if change.Against, err = change.Cautions(ctx); err != nil {
			return false, err
		}
	}
	if showing {
		g.c.Show(change)
		return false, nil
	}
	return g.admit(ctx, change)
}

// admit counts a change, and asks about one that something speaks against if there is someone to ask.
func (g *Guard) admit(ctx context.Context, change client.Change) (bool, error) {
	err := g.reach.judge(change)
	if err != nil && g.c.Ask == nil {
		return false, err
	}
	if err != nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		answer, askErr := g.c.Ask(ctx, change, change.Needs)
		if askErr != nil {
			return false, askErr
		}
		if answer == No {
			return false, err
		}
	}
	if err := g.reach.count(change); err != nil {
		return false, err
	}
	return true, nil
}

// permitted asks whether the capabilities are granted.
func (g *Guard) permitted(ctx context.Context, change client.Change) (bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	missing := g.missing(change.Needs)
	if len(missing) == 0 {
		return true, nil
	}
	refused := &client.PermissionError{Capability: missing[0], Action: change.Action}
	if g.c.Ask == nil {
		return false, refused
	}
	answer, err := g.c.Ask(ctx, change, missing)
	switch {
	case err != nil:
		return false, err
	case answer == Always:
		g.granted = append(g.granted, missing...)
		return true, nil
	case answer == Once:
		return true, nil
	}
	refused.Reason = "it was refused at the prompt"
	return false, refused
}

// readsEndpoint reports a request that needs nothing but to read from an endpoint.
func readsEndpoint(change client.Change) bool {
	return len(change.Needs) == 1 && change.Needs[0] == client.Respond
}

// Grants reports whether a capability is granted. Reading always is.
func (g *Guard) Grants(c client.Capability) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	needs := []client.Capability{c}
	return len(g.missing(needs)) == 0 && undeclared(g.c.Declared, needs, "") == nil
}

// Undeclared is the error of what needs a capability that a script's declaration lacks.
func Undeclared(need client.Capability, action string) *client.PermissionError {
	return &client.PermissionError{Capability: need, Action: strings.TrimSpace(action), Reason: "the script's meta(needs = [...]) does not declare it",
		Advice: fmt.Sprintf("add %q to the script's needs, once you know why it wants it: --allow grants no more than the script declares", need)}
}

// undeclared gives that error for the first of several needs that a declaration lacks, or nil.
func undeclared(declared, needs []client.Capability, action string) error {
	if declared == nil {
		return nil
	}
	for _, need := range needs {
		if need != client.Read && !slices.Contains(declared, need) {
			return Undeclared(need, action)
		}
	}
	return nil
}

// missing gives those of needs that are not granted. It is called with mu held.
func (g *Guard) missing(needs []client.Capability) []client.Capability {
	var missing []client.Capability
	for _, need := range needs {
		if need != client.Read && !slices.Contains(g.granted, need) && !slices.Contains(missing, need) {
			missing = append(missing, need)
		}
	}
	return missing
}
