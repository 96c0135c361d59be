package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/runtime/output"
)

// logger writes log lines to standard error: all of them when verbose, else warnings and errors.
func (p *program) logger(verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(&lines{to: &guardedWriter{w: p.err}, level: level, name: "cbscript"})
}

// scriptLogger writes what a script logs to standard error.
func (p *program) scriptLogger(name string, verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(&lines{to: &guardedWriter{w: p.err}, level: level, name: name, always: true})
}

// guardedWriter lets one goroutine write at a time.
type guardedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (g *guardedWriter) writeLine(line string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, err := io.WriteString(g.w, line+"\n")
	return err
}

// lines is a slog.Handler that writes a line for people. The gate's lines have the form of the reference client.
type lines struct {
	to     *guardedWriter
	level  slog.Level
	name   string // of whoever logs
	always bool   // put the name and level before every line, not only before warnings and errors
	attrs  []slog.Attr
	group  string
}

var _ slog.Handler = (*lines)(nil)

func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= l.level }

func (l *lines) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *l
	with.attrs = append(append([]slog.Attr{}, l.attrs...), prefixed(l.group, attrs)...)
	return &with
}

func (l *lines) WithGroup(name string) slog.Handler {
	with := *l
	if name != "" {
		with.group += name + "."
	}
	return &with
}

func prefixed(group string, attrs []slog.Attr) []slog.Attr {
	out := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		out[i] = slog.Attr{Key: group + a.Key, Value: a.Value.Resolve()}
	}
	return out
}

func (l *lines) Handle(_ context.Context, r slog.Record) error {
	attrs := append([]slog.Attr{}, l.attrs...)
	r.Attrs(func(a slog.Attr) bool {
		attrs = append(attrs, prefixed(l.group, []slog.Attr{a})...)
		return true
	})
	text := gateLine(r.Message, attrs)
	if text == "" {
		text = plainLine(r.Message, attrs)
	}
	if l.always || r.Level >= slog.LevelWarn {
		text = l.name + ": " + levelName(r.Level) + ": " + text
	}
	return l.to.writeLine(output.VisibleLine(text))
}

// levelName is the level as messages say it.
func levelName(level slog.Level) string {
	switch {
	case level >= slog.LevelError:
		return "error"
	case level >= slog.LevelWarn:
		return "warning"
	case level >= slog.LevelInfo:
		return "info"
	}
	return "debug"
}

// gateLine is a line of the client, as the reference client writes it; empty for another.
// Source: contract/transport.md, section 8.
func gateLine(message string, attrs []slog.Attr) string {
	at := make(map[string]slog.Value, len(attrs))
	for _, a := range attrs {
		at[a.Key] = a.Value
	}
	request := fmt.Sprintf("HTTP %v %v", at["method"], at["path"])
	seconds := func() float64 { return at["seconds"].Float64() }
	switch message {
	case gate.MessageSending:
		return fmt.Sprintf("Sending %s with %v", request, at["body"])
	case gate.MessageAnswer:
		return fmt.Sprintf("%s took %.3fs (response %v)", request, seconds(), at["status"])
	case gate.MessageFailed:
		return fmt.Sprintf("%s failed after %.3fs: %v", request, seconds(), at["error"])
	case "connected":
		return fmt.Sprintf("Connected to %v version %v at %v", at["product"], at["version"], at["server"])
	case gate.MessageRetry:
		return fmt.Sprintf("%s: try %v again in %.1fs: %v", request, at["retry"], seconds(), at["error"])
	}
	return ""
}

// plainLine is any other line: its message, then its facts.
func plainLine(message string, attrs []slog.Attr) string {
	var b strings.Builder
	b.WriteString(message)
	for _, a := range attrs {
		text := a.Value.String()
		if strings.ContainsAny(text, " \t\n\"=") || text == "" {
			text = fmt.Sprintf("%q", text)
		}
		b.WriteString(" " + a.Key + "=" + text)
	}
	return b.String()
}
