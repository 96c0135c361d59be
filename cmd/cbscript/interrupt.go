package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/cbscript/cbscript/runtime"
)

// interruptible gives a context that ends with a [runtime.InterruptedError] at the first Ctrl-C or SIGTERM. At the
// second the process ends at once. stop ends the watch.
func (p *program) interruptible(ctx context.Context) (_ context.Context, stop context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	over := make(chan struct{})
	go func() {
		select {
		case <-signals:
			cancel(&runtime.InterruptedError{})
		case <-over:
			return
		}
		select {
		case <-signals:
			p.exit(runtime.ExitInterrupted)
		case <-over:
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel(nil)
	}
}
