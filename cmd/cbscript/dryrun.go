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
	tally   guard.Tally // of those that show was given
	shown   int
	objects int
}

func (s *shower) show(change client.Change) {
	s.mu.Lock()
	before := s.tally.Count()
	s.tally.Add(change)
	objects := s.tally.Count() - before
	s.mu.Unlock()
	s.shownText(guard.Describe(change), objects)
}

// shownText shows the text of a change, which touches so many objects that no change before it did.
func (s *shower) shownText(text string, objects int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown++
	s.objects += objects
	_ = s.write("would " + text) // what cannot be written ends the script at its next output
}

// summary says what a dry run has not done.
func (s *shower) summary() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := fmt.Sprintf("dry run: %s shown, none was made", counted(s.shown, "change"))
	if n := s.objects; s.most > 0 && n > s.most {
		text += fmt.Sprintf("; they touch %d objects, which --confirm %d confirms", n, n)
	}
	return text
}
