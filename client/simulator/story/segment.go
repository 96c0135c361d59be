package story

import (
	"slices"
	"sort"
	"time"
)

// order sorts each list of events by time.
func (e *Events) order() {
	sortBy(e.Modloads, modloadTime)
	sortBy(e.Filemods, filemodTime)
	sortBy(e.Regmods, regmodTime)
	sortBy(e.Netconns, netconnTime)
	sortBy(e.Childprocs, childprocTime)
	sortBy(e.Crossprocs, crossprocTime)
	sortBy(e.Blocks, blockTime)
}

func sortBy[T any](list []T, at func(T) time.Time) {
	slices.SortStableFunc(list, func(a, b T) int { return at(a).Compare(at(b)) })
}

// until gives the events up to and with t, and those after it. The lists must be in order.
func (e *Events) until(t time.Time) (before, after Events) {
	before.Modloads, after.Modloads = cut(e.Modloads, modloadTime, t)
	before.Filemods, after.Filemods = cut(e.Filemods, filemodTime, t)
	before.Regmods, after.Regmods = cut(e.Regmods, regmodTime, t)
	before.Netconns, after.Netconns = cut(e.Netconns, netconnTime, t)
	before.Childprocs, after.Childprocs = cut(e.Childprocs, childprocTime, t)
	before.Crossprocs, after.Crossprocs = cut(e.Crossprocs, crossprocTime, t)
	before.Blocks, after.Blocks = cut(e.Blocks, blockTime, t)
	return before, after
}

func cut[T any](list []T, at func(T) time.Time, t time.Time) (before, after []T) {
	i := sort.Search(len(list), func(i int) bool { return at(list[i]).After(t) })
	return list[:i:i], list[i:]
}

// segment divides the events by the sensor's reports. now is the latest time at which a report can have been stored.
func (p *Process) segment(now time.Time) {
	rest := p.Events
	slices.SortFunc(p.reports, time.Time.Compare)
	for _, r := range p.reports {
		var part Events
		part, rest = rest.until(r)
		if !part.last().IsZero() {
			p.store(part, r, now)
		}
	}
	if !rest.last().IsZero() || len(p.Segments) == 0 {
		p.store(rest, time.Time{}, now)
	}
	first, last := &p.Segments[0], &p.Segments[len(p.Segments)-1]
	first.First = p.Start
	if last.Last.Before(p.Start) {
		last.Last = p.Start
	}
	if p.End.After(last.Last) {
		last.Last = p.End
	}
	if last.Stored.Before(last.Last) {
		last.stamp(last.Last.Add(900*time.Millisecond), now)
	}
}

// store adds a segment that the sensor sent at the given time, a while after its last event when that is zero.
func (p *Process) store(events Events, sent, now time.Time) {
	s := Segment{Events: events, First: events.first(), Last: events.last()}
	if sent.IsZero() {
		sent = s.Last
		if p.End.After(sent) {
			sent = p.End
		}
		if p.Start.After(sent) {
			sent = p.Start
		}
		sent = sent.Add(newRandom(p.ID.String()).span(2*time.Second, 40*time.Second))
	}
	s.stamp(sent, now)
	if n := len(p.Segments); n > 0 && s.ID <= p.Segments[n-1].ID {
		s.stamp(p.Segments[n-1].Stored.Add(time.Millisecond), s.Stored.Add(time.Second))
	}
	p.Segments = append(p.Segments, s)
}

func (s *Segment) stamp(stored, now time.Time) {
	if stored.After(now) && !s.Last.After(now) {
		stored = now
	}
	s.Stored = stored.Truncate(time.Millisecond)
	s.ID = s.Stored.UnixMilli()
}
