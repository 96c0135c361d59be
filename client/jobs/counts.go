package jobs

import "sync"

// Counts is how many jobs are in which state.
type Counts struct{ Waiting, Offline, Running, Done, Failed, Cancelled, NotRun int }

// Total is the number of jobs.
func (c Counts) Total() int {
	return c.Waiting + c.Offline + c.Running + c.Done + c.Failed + c.Cancelled + c.NotRun
}

// of gives the count of a state, nil for none.
func (c *Counts) of(s State) *int {
	switch s {
	case Waiting:
		return &c.Waiting
	case Offline:
		return &c.Offline
	case Running:
		return &c.Running
	case Done:
		return &c.Done
	case Failed:
		return &c.Failed
	case Cancelled:
		return &c.Cancelled
	case NotRun:
		return &c.NotRun
	}
	return nil
}

// tally keeps the counts. It is safe for concurrent use.
type tally struct {
	mu sync.Mutex
	c  Counts
}

// move takes a job from a state to another.
func (t *tally) move(from, to State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := t.c.of(from); n != nil {
		*n--
	}
	*t.c.of(to)++
}

func (t *tally) get() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.c
}
