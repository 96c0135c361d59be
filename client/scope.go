package client

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Scope is the life of a run, or of whatever else opens things that must not outlive it: sessions with endpoints, jobs.
// What was opened under its context and is left open when it ends is closed then. It is safe for concurrent use; the zero
// value is ready.
type Scope struct {
	mu      sync.Mutex
	next    int
	closers []closer
	waiting []closer
}

type closer struct {
	number int
	do     func(ctx context.Context) error
}

type scopeKey struct{}

// Context gives ctx with the scope.
func (s *Scope) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, scopeKey{}, s)
}

// ScopeOf gives the scope of a context, or nil.
func ScopeOf(ctx context.Context) *Scope {
	s, _ := ctx.Value(scopeKey{}).(*Scope)
	return s
}

// Defer has End call f, unless remove is called before. On a nil scope it does nothing.
func (s *Scope) Defer(f func(ctx context.Context) error) (remove func()) {
	return s.add(f, func(s *Scope) *[]closer { return &s.closers })
}

// Await has Settle call f, unless remove is called before. On a nil scope it does nothing.
func (s *Scope) Await(f func(ctx context.Context) error) (remove func()) {
	return s.add(f, func(s *Scope) *[]closer { return &s.waiting })
}

func (s *Scope) add(f func(ctx context.Context) error, list func(*Scope) *[]closer) (remove func()) {
	if s == nil {
		return func() {}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	number := s.next
	*list(s) = append(*list(s), closer{number, f})
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		*list(s) = slices.DeleteFunc(*list(s), func(c closer) bool { return c.number == number })
	}
}

// Settle waits for what is under way and should come to its own end before the scope does, in the order in which it was
// begun, also for what begins meanwhile. The first error ends the wait.
func (s *Scope) Settle(ctx context.Context) error {
	for {
		s.mu.Lock()
		if len(s.waiting) == 0 {
			s.mu.Unlock()
			return nil
		}
		first := s.waiting[0]
		s.waiting = s.waiting[1:]
		s.mu.Unlock()
		if err := first.do(ctx); err != nil {
			return err
		}
	}
}

// End closes what is open, the youngest first. Its errors are joined. A scope may go on after it.
func (s *Scope) End(ctx context.Context) error {
	var errs []error
	for {
		s.mu.Lock()
		if len(s.closers) == 0 {
			s.waiting = nil
			s.mu.Unlock()
			return errors.Join(errs...)
		}
		last := s.closers[len(s.closers)-1]
		s.closers = s.closers[:len(s.closers)-1]
		s.mu.Unlock()
		errs = append(errs, last.do(ctx))
	}
}
