package check

import "slices"

// maxSources bounds what is kept of one name: it is assigned in that many branches and more only by generated text.
const maxSources = 16

// bindings tells what names stand for at a statement, along the ways that lead there. A branch costs what it changes,
// not what the script holds.
type bindings struct {
	now map[any][]boundExpr
	// old has the values that the names had before the branch that is walked.
	old map[any][]boundExpr
}

// changes are the names that a branch bound anew, with what they stand for behind it.
type changes map[any][]boundExpr

func newBindings() *bindings {
	return &bindings{now: map[any][]boundExpr{}, old: map[any][]boundExpr{}}
}

func (b *bindings) set(key any, sources ...boundExpr) {
	if _, ok := b.old[key]; !ok {
		b.old[key] = b.now[key]
	}
	b.now[key] = sources
}

// branch gives what walk changes, and takes it back.
func (b *bindings) branch(walk func()) changes {
	outer := b.old
	b.old = map[any][]boundExpr{}
	walk()
	out := changes{}
	for key, old := range b.old {
		out[key] = b.now[key]
		b.now[key] = old
	}
	b.old = outer
	return out
}

// join goes on behind branches, of which one was taken; nil stands for one that changes nothing.
func (b *bindings) join(ways []changes) {
	times := map[any]int{}
	joined := changes{}
	for _, way := range ways {
		for key, sources := range way {
			times[key]++
			joined[key] = union(joined[key], sources)
		}
	}
	for key, sources := range joined {
		if times[key] < len(ways) {
			sources = union(sources, b.now[key])
		}
		b.set(key, sources...)
	}
}

func union(a, b []boundExpr) []boundExpr {
	for _, src := range b {
		if len(a) < maxSources && !slices.Contains(a, src) {
			a = append(a[:len(a):len(a)], src)
		}
	}
	return a
}
