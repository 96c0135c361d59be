package bindings

import (
	"context"
	"sync"
	"time"
)

// lazyContext is the context of the thread that runs on the goroutine which first asks it anything. Attr, Len and
// their like are given no thread, and most of them need none: finding it costs microseconds, a value that is held
// costs nanoseconds.
type lazyContext struct {
	once sync.Once
	ctx  context.Context
}

var _ context.Context = (*lazyContext)(nil)

func (l *lazyContext) found() context.Context {
	l.once.Do(func() { l.ctx = Context(Current()) })
	return l.ctx
}

// Deadline is the thread's.
func (l *lazyContext) Deadline() (time.Time, bool) { return l.found().Deadline() }

// Done is the thread's.
func (l *lazyContext) Done() <-chan struct{} { return l.found().Done() }

// Err is the thread's.
func (l *lazyContext) Err() error { return l.found().Err() }

// Value is the thread's.
func (l *lazyContext) Value(key any) any { return l.found().Value(key) }
