package worker

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/plain"
	"github.com/cbscript/cbscript/runtime/output"
)

// stickyError is the first error of output that the host reported. It is safe for concurrent use.
type stickyError struct {
	mu  sync.Mutex
	err error
}

func (s *stickyError) set(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

func (s *stickyError) get() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// maxPart bounds the text that one message carries.
const maxPart = 1 << 20

// printer sends what the script prints.
type printer struct{ c *child }

// Write sends p, in parts that end between characters.
func (w printer) Write(p []byte) (int, error) {
	if err := w.c.failed.get(); err != nil {
		return 0, err
	}
	sent := 0
	for sent < len(p) {
		n := min(maxPart, len(p)-sent)
		for end := sent + n; n > maxPart-4 && end < len(p) && p[end]&0xc0 == 0x80; end-- {
			n--
		}
		part := text(p[sent : sent+n])
		if err := w.c.out.send(notice{Print: &part}); err != nil {
			return sent, err
		}
		sent += n
	}
	return sent, nil
}

// rows sends rows.
type rows struct{ c *child }

// Write sends one row.
func (r rows) Write(row output.Row) error {
	if err := r.c.failed.get(); err != nil {
		return err
	}
	cells := make([]cell, len(row))
	for i, at := range row {
		cells[i] = cell{text(at.Name), plain.Pack(at.Value)}
	}
	if err := r.c.out.send(notice{Row: cells}); err != nil {
		return fmt.Errorf("the row cannot be written: %w", err)
	}
	return nil
}

// Close does nothing: the host closes what is behind.
func (r rows) Close() error { return nil }

// artifacts sends files.
type artifacts struct{ link *Link }

// Save sends a file. What goes wrong while it is read is its error, as it is.
func (a artifacts) Save(ctx context.Context, name string, data io.Reader) (int64, error) {
	source := &noted{r: data}
	var size int64
	err := a.link.call(ctx, http.MethodPost, "artifact", url.Values{"name": {name}}, source, &size)
	if failed := source.failure(); failed != nil {
		return 0, fmt.Errorf("save %q: %w", name, failed)
	}
	return size, err
}

// noted keeps the error of a reader.
type noted struct {
	r  io.Reader
	mu sync.Mutex
	e  error
}

func (n *noted) Read(p []byte) (int, error) {
	read, err := n.r.Read(p)
	if err != nil && err != io.EOF {
		n.mu.Lock()
		n.e = err
		n.mu.Unlock()
	}
	return read, err
}

func (n *noted) failure() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.e
}

// loopEvery is the least time between two notices of a loop.
const loopEvery = 50 * time.Millisecond

// loops sends how far loops are.
type loops struct {
	c    *child
	mu   sync.Mutex
	last int // id
}

func (l *loops) begin(label string, total int) builtins.Progress {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	p := &loopProgress{c: l.c, at: loop{ID: l.last, Label: text(label), Total: total}}
	p.send(false)
	return p
}

// loopProgress is one loop.
type loopProgress struct {
	c    *child
	mu   sync.Mutex
	at   loop
	sent time.Time
}

// Step counts an item, and tells of it now and then.
func (p *loopProgress) Step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at.Steps++
	if time.Since(p.sent) >= loopEvery {
		p.send(false)
	}
}

// End tells that the loop is over.
func (p *loopProgress) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.send(true)
}

func (p *loopProgress) send(end bool) {
	p.at.End = end
	at := p.at
	_ = p.c.out.send(notice{Loop: &at}) // a host that is gone shows nothing
	p.at.Steps, p.at.Label, p.sent = 0, "", time.Now()
}

// shower sends changes that are shown.
type shower struct {
	out   *outbox
	mu    sync.Mutex
	tally guard.Tally
}

func (s *shower) show(change client.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.tally.Count()
	s.tally.Add(change)
	_ = s.out.send(notice{Show: &shown{Text: text(guard.Describe(change)), Objects: s.tally.Count() - before}})
}

// logger sends log lines: the script's own or the program's.
func (c *child) logger(script bool, level slog.Level) *slog.Logger {
	return slog.New(&logHandler{out: c.out, script: script, level: level})
}

// logHandler is a slog.Handler.
type logHandler struct {
	out    *outbox
	script bool
	level  slog.Level
	attrs  []cell
	group  string
}

var _ slog.Handler = (*logHandler)(nil)

func (h *logHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	line := &logLine{Script: h.script, Level: int(r.Level), Message: text(r.Message), Attrs: append([]cell{}, h.attrs...)}
	r.Attrs(func(a slog.Attr) bool {
		line.Attrs = append(line.Attrs, h.cell(a))
		return true
	})
	return h.out.send(notice{Log: line})
}

func (h *logHandler) cell(a slog.Attr) cell {
	return cell{text(h.group + a.Key), plain.Pack(a.Value.Resolve().Any())}
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = append([]cell{}, h.attrs...)
	for _, a := range attrs {
		with.attrs = append(with.attrs, h.cell(a))
	}
	return &with
}

func (h *logHandler) WithGroup(name string) slog.Handler {
	with := *h
	if name != "" {
		with.group += name + "."
	}
	return &with
}
