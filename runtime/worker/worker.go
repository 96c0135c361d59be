package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
)

// Name is the name under which a worker runs, whatever its file is called.
const Name = "cbscript"

// marker is the only variable of a worker's environment. A program that is started with it starts no worker: one that
// does not call [Main] for [Argument] would otherwise start itself again and again.
const marker = "CBSCRIPT_WORKER"

// orphanDelay is how long the end of a worker waits for its standard error, which another process may still have: one that
// the worker started, where the system does not keep it from that.
const orphanDelay = time.Second

// errNested is a worker within a worker.
var errNested = errors.New("this process was started as such a process itself, and does not act as one")

// Options say how a worker process is started. The zero value starts this very program with [Argument].
type Options struct {
	Command []string     // program and arguments; empty means this program
	Log     *slog.Logger // what a developer wants to know of the process; nil throws it away
}

// Access is what a script may reach and change.
type Access struct {
	// Servers are the ways to the servers. The worker's requests go through their gates.
	Servers *servers.Pool
	// Guard is what the guards on both sides go by. Its Ask is not used, and its Show is only asked whether it is there:
	// Shown is called in its place.
	Guard guard.Config
	// Shown takes a change that was shown instead of made: its text, and how many objects it touches that no change before
	// it did.
	Shown func(text string, objects int)
	// Jobs is what holds for jobs on endpoints. Its store and its functions are called on this side. Nil means that nothing
	// is kept or told of them.
	Jobs *jobs.Plan
}

// Worker is a process that waits for a script. It is started early, since a process takes a while to begin.
type Worker struct {
	cmd     *exec.Cmd
	channel *channel
	log     *slog.Logger
	said    excerpt       // what it wrote to standard error
	exited  chan struct{} // closed when it has ended
	end     sync.Once
	waitErr error // of its end; read after exited
}

// A StartError says that no worker could be started.
type StartError struct{ Err error }

// Error gives the cause.
func (e *StartError) Error() string {
	return "cannot start the process that runs the script: " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *StartError) Unwrap() error { return e.Err }

// Kind is "InternalError".
func (e *StartError) Kind() string { return "InternalError" }

// Facts is empty: the text says all.
func (e *StartError) Facts() map[string]any { return map[string]any{} }

// Hint says how to do without.
func (e *StartError) Hint() string {
	return "--in-process runs the script without a process of its own, which protects less"
}

// Start starts a worker process. Its environment is empty: no variable that might hold a secret reaches it. The caller
// closes it. It fails with a [*StartError].
func Start(o Options) (*Worker, error) {
	w := &Worker{log: o.Log, exited: make(chan struct{})}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	if os.Getenv(marker) != "" {
		return nil, &StartError{errNested}
	}
	self, err := program()
	if err != nil {
		return nil, &StartError{err}
	}
	w.cmd = &exec.Cmd{Path: self, Args: []string{Name, Argument}, Env: []string{marker + "=1"}, Stderr: &w.said, WaitDelay: orphanDelay}
	if len(o.Command) > 0 {
		w.cmd.Path, w.cmd.Args = o.Command[0], o.Command
	}
	if w.channel, err = newChannel(w.cmd); err != nil {
		return nil, &StartError{err}
	}
	err = w.cmd.Start()
	w.channel.started()
	if err != nil {
		w.channel.close()
		return nil, &StartError{err}
	}
	go func() {
		w.waitErr = w.cmd.Wait()
		close(w.exited)
	}()
	return w, nil
}

// Close ends the process, whatever it does, and waits for its end. It never fails; a second call does nothing.
func (w *Worker) Close() error {
	w.end.Do(func() {
		_ = w.cmd.Process.Kill() // it may have ended already
		<-w.exited
		w.channel.close()
	})
	return nil
}

// Run has the worker run a script, under a configuration whose host services (rows, artifacts, print, logs, progress,
// the clock) stay on this side. Predeclared, Modules, Std and OnHang are not used: the worker has its own. A worker runs
// one script. The error is a [*runtime.RemoteFailure] for a script that failed; a [*runtime.Failure] when the process had to
// be ended, with a [*runtime.LimitError] for what it took, a [*runtime.HangError] when it did not end by itself after ctx
// was cancelled, a [*runtime.InternalError] when it ended for another reason; or an error of the output.
func (w *Worker) Run(ctx context.Context, s *runtime.Script, c runtime.Config, a Access) error {
	defer w.Close()
	limits := c.Limits.Filled()
	leash, err := newLeash(w.cmd.Process, limits.Memory, w.log)
	if err != nil {
		return &StartError{err}
	}
	defer leash.close()
	h := newHost(s, c, a, w.log)
	defer h.settle()
	server := &http.Server{Handler: h, Protocols: protocols(), HTTP2: http2Config(), ErrorLog: slog.NewLogLogger(w.log.Handler(), slog.LevelDebug)}
	go func() {
		h.offer(ctx, w.channel.conn)
		_ = server.Serve(newSingle(w.channel.conn)) // ends with the connection
	}()
	defer server.Close()
	err = w.watch(ctx, h, limits, leash)
	var kinded interface{ Kind() string }
	if errors.As(err, &kinded) { // of the run, which could not explain itself
		return &runtime.Failure{Err: err}
	}
	return err
}

// hostGrace is how much longer than the worker's own grace the host waits before it ends the process: the worker ends a
// script by itself, and then closes what that has left open on endpoints.
const hostGrace = runtime.FinishTime + time.Second

// watch waits for the end of the run, and ends the process when it must.
func (w *Worker) watch(ctx context.Context, h *host, limits runtime.Limits, leash *leash) error {
	var tooLong, late <-chan time.Time
	if limits.Time > 0 {
		tooLong = time.After(limits.Time + limits.Grace + hostGrace)
	}
	stop := ctx.Done()
	var cause error
	for {
		select {
		case d := <-h.done:
			return h.outcome(d)
		case <-w.exited:
			return w.lost(h, limits, cause)
		case err := <-h.broken:
			return err
		case <-leash.exceeded():
			return limits.Exceeded("memory")
		case <-tooLong:
			return limits.Exceeded("time")
		case <-stop:
			stop, cause = nil, stopCause(ctx)
			late = time.After(limits.Grace + hostGrace)
			h.stop(cause)
		case <-late:
			return &runtime.HangError{Cause: cause, Grace: limits.Grace}
		}
	}
}

// stopCause is why a run is to end, with a kind.
func stopCause(ctx context.Context) error {
	cause := context.Cause(ctx)
	var kinded interface{ Kind() string }
	if errors.As(cause, &kinded) {
		return cause
	}
	return &runtime.InterruptedError{Cause: cause}
}

// lost says why a worker ended before its script had. What Go wrote when it gave up is not shown: it is a dump of many
// pages.
func (w *Worker) lost(h *host, limits runtime.Limits, stopped error) error {
	select {
	case d := <-h.done: // it had told the end, and then ended quickly
		return h.outcome(d)
	default:
	}
	if stopped != nil {
		return stopped
	}
	said := w.said.text()
	w.log.Debug("the worker ended", "error", fmt.Sprint(w.waitErr), "stderr", said)
	for _, sign := range []string{"out of memory", "cannot allocate memory", "goroutine stack exceeds", "failed to reserve", "VirtualAlloc"} {
		if strings.Contains(said, sign) {
			return limits.Exceeded("memory")
		}
	}
	if killed(w.cmd.ProcessState) { // as Linux does with who takes too much
		return limits.Exceeded("memory")
	}
	first, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	if first == "" {
		first = fmt.Sprint(w.waitErr)
	}
	return &runtime.InternalError{Value: "the process that ran the script ended: " + first}
}

// excerpt keeps the beginning of what is written to it. It is safe for concurrent use.
type excerpt struct {
	mu sync.Mutex
	b  []byte
}

// maxExcerpt is more than what Go says of a fault before it begins to dump.
const maxExcerpt = 16 << 10

// Write keeps what there is room for.
func (e *excerpt) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.b = append(e.b, p[:min(len(p), maxExcerpt-len(e.b))]...)
	return len(p), nil
}

func (e *excerpt) text() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return string(e.b)
}
