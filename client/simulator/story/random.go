package story

import (
	"hash/fnv"
	"time"
)

// random is a small generator (splitmix64) of our own, so that the story stays the same whatever the standard
// library does to its generators.
type random struct{ state uint64 }

// newRandom gives the generator for a topic. Topics do not disturb each other: more of one leaves the others alone.
func newRandom(topic string) *random {
	h := fnv.New64a()
	h.Write([]byte(topic)) // never fails
	return &random{state: h.Sum64()}
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below gives a number from 0 to n-1.
func (r *random) below(n int) int { return int(r.next() % uint64(n)) }

// between gives a number from lo to hi.
func (r *random) between(lo, hi int) int { return lo + r.below(hi-lo+1) }

// chance is true in percent of a hundred cases.
func (r *random) chance(percent int) bool { return r.below(100) < percent }

// within gives a time from from to to, in whole milliseconds.
func (r *random) within(from, to time.Time) time.Time {
	span := to.Sub(from).Milliseconds()
	if span <= 0 {
		return from
	}
	return from.Add(time.Duration(r.next()%uint64(span)) * time.Millisecond)
}

// span gives a duration from lo to hi.
func (r *random) span(lo, hi time.Duration) time.Duration {
	return lo + time.Duration(r.next()%uint64(hi-lo+1))
}

func pick[T any](r *random, list []T) T { return list[r.below(len(list))] }
