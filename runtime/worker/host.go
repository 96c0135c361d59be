package worker

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
)

// host serves one worker: the services of a run, and the servers. It trusts nothing that comes over the connection.
type host struct {
	script *runtime.Script
	c      runtime.Config
	a      Access
	log    *slog.Logger
	limits runtime.Limits

	started  atomic.Bool
	done     chan *done
	quiet    chan struct{} // closed when the last notice was taken
	broken   chan error    // the worker is to be ended
	orders   *outbox
	written  int64 // bytes of output; of the run's goroutine
	requests atomic.Int64
	saved    *runtime.ArtifactMeter
	loops    map[int]builtins.Progress // of the run's goroutine
	failed   stickyError               // of the output
	budget   *guard.Budget

	mu      sync.Mutex
	servers []*remote
	bundles map[string]fs.FS // that were verified
	buffers buffers
}

func newHost(s *runtime.Script, c runtime.Config, a Access, log *slog.Logger) *host {
	discard := slog.New(slog.DiscardHandler)
	if c.Print == nil {
		c.Print = io.Discard
	}
	if c.ScriptLog == nil {
		c.ScriptLog = discard
	}
	if c.Log == nil {
		c.Log = discard
	}
	most := a.Guard.MaxChanges
	if most > 0 {
		most = max(most, a.Guard.Confirmed)
	}
	limits := c.Limits.Filled()
	return &host{script: s, budget: guard.NewBudget(most), c: c, a: a, log: log, limits: limits, saved: runtime.NewArtifactMeter(limits), done: make(chan *done, 1), quiet: make(chan struct{}), broken: make(chan error, 1),
		orders: newOutbox(), loops: map[int]builtins.Progress{}}
}

// ServeHTTP answers one request of the worker.
func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if number, ok := strings.CutPrefix(r.Host, serverPrefix); ok {
		h.forward(w, r, number)
		return
	}
	service := map[string]func(http.ResponseWriter, *http.Request) (any, error){
		"POST /open": h.open, "POST /redact": h.redact, "POST /artifact": h.artifact, "GET /file": h.file, "GET /folder": h.folder, "POST /bundle": h.bundle, "GET /now": h.now,
		"GET /job": h.loadJob, "POST /job": h.saveJob,
	}[r.Method+" "+r.URL.Path]
	switch {
	case r.Host == hostName && r.Method == http.MethodPost && r.URL.Path == "/run":
		h.run(w, r)
	case r.Host != hostName || service == nil:
		http.Error(w, "there is no such service", http.StatusNotFound)
	default:
		answer, err := service(w, r)
		if err != nil {
			w.Header().Set(faultHeader, newFault(err).header())
			return
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			h.log.Debug("the worker did not take an answer", "error", err.Error())
		}
	}
}

// offer writes the job to the connection, before the worker is there to read it.
func (h *host) offer(ctx context.Context, conn net.Conn) {
	frame, err := appendFrame(nil, h.job(ctx))
	if err != nil {
		h.breakOff(err)
		return
	}
	if _, err := conn.Write(frame); err != nil { // the process has ended, which is seen elsewhere
		h.log.Debug("the worker did not take its job", "error", err.Error())
	}
}

// run takes the worker's notices until the end, and gives it orders.
func (h *host) run(w http.ResponseWriter, r *http.Request) {
	if h.started.Swap(true) {
		http.Error(w, "the script runs already", http.StatusConflict)
		return
	}
	defer close(h.quiet)
	given := make(chan struct{})
	go func() {
		defer close(given)
		h.give(w, r.Context())
	}()
	defer func() { // the response is not to be written to once this has returned
		h.orders.finish()
		<-given
	}()
	for {
		var n notice
		if err := readFrame(r.Body, &n); err != nil {
			var bad *FrameError
			if errors.As(err, &bad) {
				h.breakOff(&runtime.InternalError{Value: bad})
			}
			return // else the process has ended, which is seen elsewhere
		}
		if n.Done != nil {
			h.done <- n.Done
			return
		}
		if err := h.take(r.Context(), &n); err != nil {
			h.breakOff(err)
			return
		}
	}
}

// settle waits until no notice is taken any more, which the end of the connection sees to: nothing is to be written to the
// output of a run that is over. It does not wait for an output that takes nothing.
func (h *host) settle() {
	if !h.started.Load() {
		return
	}
	select {
	case <-h.quiet:
	case <-time.After(settleTime):
	}
}

// settleTime is more than what a notice takes that is written at all.
const settleTime = time.Second

// give writes orders as they come.
func (h *host) give(w http.ResponseWriter, ctx context.Context) {
	defer context.AfterFunc(ctx, h.orders.finish)()
	flusher := http.NewResponseController(w)
	if flusher.Flush() != nil { // the worker is not to wait for the first order
		return
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := h.orders.Read(buf)
		if err != nil {
			return
		}
		if _, err := w.Write(buf[:n]); err != nil || flusher.Flush() != nil {
			return
		}
	}
}

// breakOff has the worker ended, for the first reason.
func (h *host) breakOff(err error) {
	select {
	case h.broken <- err:
	default:
	}
}

// stop tells the worker to end the run.
func (h *host) stop(cause error) {
	f := newFault(cause)
	var interrupted *runtime.InterruptedError
	if errors.As(cause, &interrupted) {
		f.Kind = interrupted.Kind()
	}
	_ = h.orders.send(order{Stop: f}) // a worker that hung up has ended
}

// outcome is the error of a run that came to its end.
func (h *host) outcome(d *done) error {
	if d.Failed {
		code := d.Code
		if code == runtime.ExitDone {
			code = runtime.ExitInternal
		}
		return &runtime.RemoteFailure{Text: string(d.Text), Explained: string(d.Report), Code: code, Output: h.failed.get()}
	}
	return h.failed.get()
}

// job describes the run.
func (h *host) job(ctx context.Context) *job {
	params := map[string][]text{}
	for name, texts := range h.c.Params.Texts() {
		for _, t := range texts {
			params[name] = append(params[name], text(t))
		}
	}
	g := h.a.Guard
	return &job{Name: text(h.script.Name), Source: text(h.script.Source), Path: text(h.script.Path), Files: h.script.Files != nil, Bundles: h.c.Bundles != nil,
		Params: params, Limits: h.c.Limits, Rows: h.c.Rows != nil, Artifacts: h.c.Artifacts != nil, Progress: h.c.Progress != nil,
		Clock: h.c.Now != nil, ScriptLevel: int(leastLevel(ctx, h.c.ScriptLog)), Level: int(leastLevel(ctx, h.c.Log)),
		Guard: guardJob{Allow: g.Allow, Declared: g.Declared, Show: g.Show != nil, MaxChanges: g.MaxChanges, Confirmed: g.Confirmed},
		Jobs:  h.plan()}
}

// leastLevel is the least level that a logger takes.
func leastLevel(ctx context.Context, log *slog.Logger) slog.Level {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if log.Enabled(ctx, level) {
			return level
		}
	}
	return slog.LevelError + 1
}

// open opens the way to a server.
func (h *host) open(_ http.ResponseWriter, r *http.Request) (any, error) {
	query := r.URL.Query()
	var product *client.Product
	for _, p := range servers.Products() {
		if p.Name == query.Get("product") {
			product = p
		}
	}
	if product == nil {
		return nil, &FrameError{"a product that there is not"}
	}
	way, err := h.a.Servers.Way(product, query.Get("role"))
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, known := range h.servers {
		if known.way == way {
			return opened{i, way.URL().String(), way.ProfileName()}, nil
		}
	}
	wire := guard.NewWire(product, guard.WireConfig{Allow: h.a.Guard.Allow, Declared: h.a.Guard.Declared, Frozen: h.a.Guard.Show != nil, Budget: h.budget})
	h.servers = append(h.servers, &remote{way: way, wire: wire, name: product.Name + " " + way.URL().String()})
	return opened{len(h.servers) - 1, way.URL().String(), way.ProfileName()}, nil
}

// remote is a server that the worker asked for.
type remote struct {
	way  servers.Way
	wire *guard.Wire
	name string // as in the keys of jobs
}

// server gives the server of a number.
func (h *host) server(number string) (*remote, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n >= len(h.servers) {
		return nil, false
	}
	return h.servers[n], true
}

// maxRedacted bounds a text to clean.
const maxRedacted = 4 << 20

// redact takes a server's secrets out of a text.
func (h *host) redact(_ http.ResponseWriter, r *http.Request) (any, error) {
	at, ok := h.server(r.URL.Query().Get("server"))
	if !ok {
		return nil, &FrameError{"a server that was not opened"}
	}
	said, err := io.ReadAll(io.LimitReader(r.Body, maxRedacted))
	if err != nil {
		return nil, err
	}
	return at.way.Redact(string(said)), nil
}

// artifact saves a file.
func (h *host) artifact(_ http.ResponseWriter, r *http.Request) (any, error) {
	name := r.URL.Query().Get("name")
	if h.c.Artifacts == nil {
		return nil, &runtime.ArtifactError{Name: name}
	}
	if err := builtins.CheckArtifactName(name); err != nil {
		return nil, err
	}
	size, err := h.saved.Save(r.Context(), h.c.Artifacts, name, r.Body)
	if limit, over := errors.AsType[*runtime.LimitError](err); over {
		h.breakOff(limit) // the worker counts by itself, and would have ended the script before
	}
	return size, err
}

// now tells the time.
func (h *host) now(http.ResponseWriter, *http.Request) (any, error) {
	if h.c.Now == nil {
		return nil, &FrameError{"the host does not tell the time"}
	}
	return h.c.Now(), nil
}
