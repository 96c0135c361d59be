package servers

import (
	"context"
	"sync"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
)

// ShowProgress has work of the client that takes several requests, as a bulk change of alerts, shown as a loop that
// begin begins. Nil shows nothing.
func ShowProgress(begin func(label string, total int) builtins.Progress) client.Option {
	if begin == nil {
		return func(*client.Client) {}
	}
	s := &shownWork{begin: begin, loops: map[string]*shownLoop{}}
	return client.WithProgress(s.report)
}

// shownWork is the work that is shown, by what is done.
type shownWork struct {
	begin func(label string, total int) builtins.Progress

	mu    sync.Mutex
	loops map[string]*shownLoop
}

type shownLoop struct {
	builtins.Progress
	done int
}

func (s *shownWork) report(_ context.Context, p client.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := p.Action + " " + p.Unit
	loop := s.loops[name]
	if p.Done == 0 || loop == nil {
		if loop != nil {
			loop.End() // it broke off, and begins again
		}
		total := p.Total
		if total == 0 {
			total = -1
		}
		loop = &shownLoop{Progress: s.begin(name, total)}
		s.loops[name] = loop
	}
	for ; loop.done < p.Done; loop.done++ {
		loop.Step()
	}
	if p.Total > 0 && p.Done >= p.Total {
		loop.End()
		delete(s.loops, name)
	}
}
