package search

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// interval compares numbers and times, both bounds included.
type interval struct {
	field     string
	low, high int64
}

func (t interval) match(e *Evaluator, d Doc) bool {
	e.numbers = d.Numbers(t.field, e.numbers[:0])
	return slices.ContainsFunc(e.numbers, func(v int64) bool { return t.low <= v && v <= t.high })
}

// addresses compares IP addresses with a range.
type addresses struct {
	field     string
	low, high netip.Addr // the zero value is no bound
}

func (t addresses) match(e *Evaluator, d Doc) bool {
	e.strings = d.Strings(t.field, e.strings[:0])
	return slices.ContainsFunc(e.strings, func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && (!t.low.IsValid() || t.low.Compare(a) <= 0) && (!t.high.IsValid() || a.Compare(t.high) <= 0)
	})
}

// between compares texts with a range, in the order of their bytes.
type between struct {
	field     string
	low, high string // "" is no bound
	openLow   bool
	openTop   bool
}

func (t between) match(e *Evaluator, d Doc) bool {
	e.strings = d.Strings(t.field, e.strings[:0])
	return slices.ContainsFunc(e.strings, func(s string) bool {
		if t.low != "" && (s < t.low || t.openLow && s == t.low) {
			return false
		}
		return t.high == "" || s < t.high || !t.openTop && s == t.high
	})
}

func (c *compiler) number(n *term, field, text string) (test, error) {
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, c.fail(n.offset, "field %q is a number, not %q", field, n.text)
	}
	return interval{field, v, v}, nil
}

func (c *compiler) instant(n *term, field, text string) (test, error) {
	if since, ok := ago(text, c.now); ok {
		return interval{field, since.UnixMicro(), math.MaxInt64}, nil
	}
	first, last, ok := moment(text)
	if !ok {
		return nil, c.fail(n.offset, "field %q is a time, not %q", field, n.text)
	}
	return interval{field, first.UnixMicro(), last.UnixMicro() - 1}, nil
}

func (c *compiler) span(n *span) (test, error) {
	kind := c.schema.kind(n.field)
	if kind == 0 {
		return nil, c.fail(n.offset, "unknown field %q", n.field)
	}
	c.fields = append(c.fields, n.field)
	switch kind {
	case Number, Time:
		return c.interval(n, kind)
	case IP:
		return c.addresses(n)
	}
	t := between{field: n.field, openLow: n.openLow, openTop: n.openTop}
	if n.low != "*" {
		t.low = strings.ToLower(n.low)
	}
	if n.high != "*" {
		t.high = strings.ToLower(n.high)
	}
	return t, nil
}

func (c *compiler) interval(n *span, kind Kind) (test, error) {
	t := interval{n.field, math.MinInt64, math.MaxInt64}
	if n.low != "*" {
		first, last, err := c.bound(n, kind, n.low)
		if err != nil {
			return nil, err
		}
		t.low = first
		if n.openLow && last < math.MaxInt64 {
			t.low = last + 1
		}
	}
	if n.high != "*" {
		first, last, err := c.bound(n, kind, n.high)
		if err != nil {
			return nil, err
		}
		t.high = last
		if n.openTop && first > math.MinInt64 {
			t.high = first - 1
		}
	}
	return t, nil
}

// bound reads one bound: the first and the last value that it names. A date names a whole day.
func (c *compiler) bound(n *span, kind Kind, text string) (first, last int64, err error) {
	if kind == Number {
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, 0, c.fail(n.offset, "field %q is a number, not %q", n.field, text)
		}
		return v, v, nil
	}
	if t, ok := ago(text, c.now); ok {
		return t.UnixMicro(), t.UnixMicro(), nil
	}
	from, to, ok := moment(text)
	if !ok {
		return 0, 0, c.fail(n.offset, "field %q is a time, not %q", n.field, text)
	}
	return from.UnixMicro(), to.UnixMicro() - 1, nil
}

func (c *compiler) addresses(n *span) (test, error) {
	t := addresses{field: n.field}
	for _, b := range []struct {
		text string
		to   *netip.Addr
		open bool
	}{{n.low, &t.low, n.openLow}, {n.high, &t.high, n.openTop}} {
		if b.text == "*" {
			continue
		}
		a, err := netip.ParseAddr(b.text)
		if err != nil {
			return nil, c.fail(n.offset, "field %q is an address, not %q", n.field, b.text)
		}
		if b.open {
			return nil, c.fail(n.offset, "a range of addresses includes its bounds")
		}
		*b.to = a
	}
	return t, nil
}

// ago reads a relative time such as -2h or now.
func ago(text string, now time.Time) (time.Time, bool) {
	text = strings.ToLower(text)
	if text == "now" {
		return now, true
	}
	digits, found := strings.CutPrefix(text, "-")
	if !found || len(digits) < 2 {
		return time.Time{}, false
	}
	unit := map[byte]time.Duration{
		's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour,
	}[digits[len(digits)-1]]
	n, err := strconv.ParseInt(digits[:len(digits)-1], 10, 32)
	if err != nil || unit == 0 || n < 0 {
		return time.Time{}, false
	}
	if n > int64(math.MaxInt64/unit) {
		return time.Unix(0, 0).UTC(), true // before everything
	}
	return now.Add(-time.Duration(n) * unit), true
}

// moment reads an absolute time in UTC and gives the span that its precision leaves open: from included, to excluded.
func moment(text string) (from, to time.Time, ok bool) {
	text = strings.TrimSuffix(strings.ToUpper(text), "Z")
	for _, f := range []struct {
		layout string
		span   time.Duration
	}{
		{"2006-01-02", 24 * time.Hour}, {"2006-01-02T15:04", time.Minute}, {"2006-01-02T15:04:05", time.Second},
	} {
		// The last layout also accepts a fraction, of which the whole is meant exactly.
		if t, err := time.Parse(f.layout, text); err == nil {
			if t.Nanosecond() != 0 {
				f.span = time.Microsecond
			}
			return t, t.Add(f.span), true
		}
	}
	return time.Time{}, time.Time{}, false
}
