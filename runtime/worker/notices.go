package worker

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/cbscript/cbscript/runtime/output"
)

// take does what a notice says. Its error ends the worker; one of the output is told to the worker, which ends the script
// where it is.
func (h *host) take(ctx context.Context, n *notice) error {
	switch {
	case n.Print != nil:
		if err := h.count(len(*n.Print)); err != nil {
			return err
		}
		_, err := io.WriteString(h.c.Print, string(*n.Print))
		h.outputFailed(err)
	case n.Row != nil:
		return h.row(n.Row)
	case n.Log != nil:
		return h.logLine(ctx, n.Log)
	case n.Loop != nil:
		h.loop(n.Loop)
	case n.Show != nil:
		if err := h.count(len(n.Show.Text)); err != nil {
			return err
		}
		if h.a.Shown != nil {
			h.a.Shown(string(n.Show.Text), n.Show.Objects)
		}
	case n.Counts != nil:
		return h.counts(*n.Counts)
	case n.Ended != nil:
		return h.ended(n.Ended)
	}
	return nil
}

// slack is how much more than the limit may come before the host ends the worker, which counts by itself what it writes.
const slack = 1 << 20

// count counts output: the second line behind the worker's own count.
func (h *host) count(bytes int) error {
	h.written += int64(bytes)
	if h.limits.Output > 0 && h.written > h.limits.Output+slack {
		return h.limits.Exceeded("output")
	}
	return nil
}

func (h *host) outputFailed(err error) {
	if err == nil || h.failed.get() != nil {
		return
	}
	h.failed.set(err)
	_ = h.orders.send(order{Output: newFault(err)}) // a worker that hung up has ended
}

func (h *host) row(cells []cell) error {
	row, size := make(output.Row, len(cells)), 0
	for i, c := range cells {
		v, err := unpack(c.Value)
		if err != nil {
			return err
		}
		row[i] = output.Cell{Name: string(c.Name), Value: v}
		size += len(c.Name) + len(output.Text(v)) + 1
	}
	if err := h.count(size); err != nil {
		return err
	}
	if h.c.Rows != nil {
		h.outputFailed(h.c.Rows.Write(row))
	}
	return nil
}

func (h *host) logLine(ctx context.Context, line *logLine) error {
	to := h.c.Log
	if line.Script {
		to = h.c.ScriptLog
	}
	size := len(line.Message)
	attrs := make([]slog.Attr, len(line.Attrs))
	for i, a := range line.Attrs {
		v, err := unpack(a.Value)
		if err != nil {
			return err
		}
		attrs[i] = slog.Any(string(a.Name), v)
		size += len(a.Name) + len(fmt.Sprint(v)) + 2
	}
	if line.Script {
		if err := h.count(size); err != nil {
			return err
		}
	}
	to.LogAttrs(ctx, slog.Level(line.Level), string(line.Message), attrs...)
	return nil
}

// mostLoops bounds the loops that are shown at once.
const mostLoops = 1000

func (h *host) loop(l *loop) {
	p, known := h.loops[l.ID]
	if !known {
		if h.c.Progress == nil || len(h.loops) >= mostLoops {
			return
		}
		p = h.c.Progress(string(l.Label), l.Total)
		h.loops[l.ID] = p
	}
	for range min(l.Steps, 1<<20) {
		p.Step()
	}
	if l.End {
		p.End()
		delete(h.loops, l.ID)
	}
}
