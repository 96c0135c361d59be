package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/cbscript/cbscript/runtime"
)

// interruptible gives a context that ends with a [runtime.InterruptedError] at the first Ctrl-C or SIGTERM, or
// when the terminal is closed. At the second the process ends at once. stop ends the watch.
func (p *program) interruptible(ctx context.Context) (_ context.Context, stop context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, append(endings(), os.Interrupt)...)
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

// endings are the signals by which others end the program: SIGHUP, of a terminal that is closed, unless whoever started
// the program had it ignored, as nohup does.
func endings() []os.Signal {
	if signal.Ignored(syscall.SIGHUP) {
		return []os.Signal{syscall.SIGTERM}
	}
	return []os.Signal{syscall.SIGTERM, syscall.SIGHUP}
}
