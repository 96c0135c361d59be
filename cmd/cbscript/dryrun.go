package main

import (
	"fmt"
	"sync"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
)

// shower shows changes instead of making them, and counts them.
type shower struct {
	most  int // how many objects may be changed without a confirmation, or 0
	write func(text string) error

	mu      sync.Mutex
	shown   int
	objects guard.Tally
}

func (s *shower) show(change client.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown++
	s.objects.Add(change)
	_ = s.write("would " + guard.Describe(change)) // what cannot be written ends the script at its next output
}

// summary says what a dry run has not done.
func (s *shower) summary() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := fmt.Sprintf("dry run: %d changes were shown, none was made", s.shown)
	if n := s.objects.Count(); s.most > 0 && n > s.most {
		text += fmt.Sprintf("; they touch %d objects, which --confirm %d confirms", n, n)
	}
	return text
}
