package client

import "context"

// Progress is how far a piece of work that takes several requests has come.
type Progress struct {
	Action string // what is done, as "set_ignored"
	Unit   string // what is counted, as "alerts"
	Done   int
	Total  int // 0 when it is not known
}

// WithProgress has report called as work that takes several requests goes on: once before the first request that
// changes something, and after each. The calls of one piece of work come one after the other; those of several that
// run at the same time come from several goroutines.
func WithProgress(report func(ctx context.Context, p Progress)) Option {
	return func(c *Client) { c.report = report }
}

// Report tells whoever asked for it how far a piece of work has come. Kinds call it.
func (c *Client) Report(ctx context.Context, p Progress) {
	if c.report != nil {
		c.report(ctx, p)
	}
}
