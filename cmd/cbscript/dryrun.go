package main

import (
	"fmt"
	"sync"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
)

// shower shows changes instead of making them, and counts them.
type shower struct {
	mu    sync.Mutex
	shown int
	write func(text string) error
}

func (s *shower) show(change client.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown++
	_ = s.write("would " + guard.Describe(change)) // what cannot be written ends the script at its next output
}

// summary says what a dry run has not done.
func (s *shower) summary() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("dry run: %d changes were shown, none was made", s.shown)
}
