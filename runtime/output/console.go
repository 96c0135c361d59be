package output

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
)

// redrawEvery is the least time between two drawings of the progress line.
const redrawEvery = 100 * time.Millisecond

// Console is a terminal that shows the progress of loops in its last line, below what is written to it. It is safe for
// concurrent use.
type Console struct {
	w     io.Writer
	width func() int
	now   func() time.Time

	mu    sync.Mutex
	parts []part // of the progress line; of loops the innermost last
	drawn bool   // the progress line is on the screen
	last  time.Time
	later *time.Timer // draws what came too soon after the last drawing; nil when there is nothing
}

// part is one of those that make up the progress line.
type part interface {
	text(now time.Time) string
}

// NewConsole makes a console of a terminal. width returns its columns, now the time.
func NewConsole(w io.Writer, width func() int, now func() time.Time) *Console {
	return &Console{w: w, width: width, now: now}
}

// Write writes text above the progress line, as [Visible] shows it.
func (c *Console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	if _, err := io.WriteString(c.w, Visible(string(p))); err != nil {
		return 0, err
	}
	if len(p) > 0 && p[len(p)-1] == '\n' {
		c.draw()
	}
	return len(p), nil
}

// Above returns a writer that writes to another terminal, as standard output beside standard error, with the progress
// line out of the way.
func (c *Console) Above(w io.Writer) io.Writer { return above{c, w} }

type above struct {
	c *Console
	w io.Writer
}

func (a above) Write(p []byte) (int, error) {
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	a.c.clear()
	n, err := a.w.Write(p)
	if err == nil && len(p) > 0 && p[len(p)-1] == '\n' {
		a.c.draw()
	}
	return n, err
}

// Loop is the progress of one loop.
type Loop struct {
	c     *Console
	label string
	total int
	done  int
	start time.Time
}

// Progress begins to show a loop. total is -1 when it is not known; label may be empty.
func (c *Console) Progress(label string, total int) *Loop {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &Loop{c: c, label: VisibleLine(label), total: total, start: c.now()}
	c.parts = append(c.parts, l)
	return l
}

// Step counts one item.
func (l *Loop) Step() {
	l.c.mu.Lock()
	defer l.c.mu.Unlock()
	l.done++
	if now := l.c.now(); now.Sub(l.c.last) >= redrawEvery {
		l.c.last = now
		l.c.clear()
		l.c.draw()
	}
}

// End takes the loop off the screen.
func (l *Loop) End() {
	l.c.mu.Lock()
	defer l.c.mu.Unlock()
	l.c.remove(l)
}

// remove takes a part off the screen. It needs the lock.
func (c *Console) remove(p part) {
	c.clear()
	if i := slices.Index(c.parts, p); i >= 0 {
		c.parts = slices.Delete(c.parts, i, i+1)
	}
	c.draw()
}

// clear takes the progress line off the screen. Errors of a progress line are of no interest to anyone.
func (c *Console) clear() {
	if c.drawn {
		_, _ = io.WriteString(c.w, "\r\x1b[K")
		c.drawn = false
	}
}

func (c *Console) draw() {
	var parts []string
	for _, p := range c.parts {
		if text := p.text(c.now()); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 || c.last.IsZero() {
		return
	}
	line := strings.Join(parts, " | ")
	if width := c.width(); width > 1 {
		line = text.Snip(line, width-1, "…")
	}
	_, _ = io.WriteString(c.w, line)
	c.drawn = true
}

// text is such as "sensors 12/50 (24%), 8s left".
func (l *Loop) text(now time.Time) string {
	s := fmt.Sprint(l.done)
	if l.label != "" {
		s = l.label + " " + s
	}
	if l.total <= 0 {
		return s
	}
	s += fmt.Sprintf("/%d (%d%%)", l.total, 100*l.done/l.total)
	if spent := now.Sub(l.start); l.done > 0 && l.done < l.total && spent > time.Second {
		left := spent * time.Duration(l.total-l.done) / time.Duration(l.done)
		s += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return s
}
