package jsondoc

// indexer notes where the members of objects lie. Its scratch space and its stock of offsets serve many objects in turn.
type indexer struct {
	buf    []byte
	shapes *Shapes
	hint   *shape   // what the next object is expected to look like
	stock  []uint32 // room for the offsets of objects to come, length 0

	// The names of the object at hand, collected only once they differ from the hint's.
	joined []byte
	ends   []int
}

// visitor takes the value at position i of a member whose name stands in quotes at buf[name:].
type visitor func(name []byte, i int) (end int, err *SyntaxError)

// maxObject keeps an object's offsets within 32 bits.
const maxObject = 1<<32 - 1

// object indexes the object at buf[i]; depth counts itself. visit, if not nil, is called in place of skipValue.
func (x *indexer) object(i, depth int, visit visitor) (Doc, int, *SyntaxError) {
	b, base := x.buf, i
	if i >= len(b) || b[i] != '{' {
		return Doc{}, i, fail(b, i, "an object")
	}
	if depth > MaxDepth {
		return Doc{}, i, fail(b, i, tooDeep)
	}
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == '}' {
		i++
		return Doc{text: b[base:i:i]}, i, nil
	}
	offsets := x.room(i)
	matching := x.hint != nil
	if !matching {
		x.joined, x.ends = x.joined[:0], x.ends[:0]
	}
	for n := 0; ; n++ {
		if matching && !x.matches(i, n) {
			x.takeHint(n)
			matching = false
		}
		name := i
		var err *SyntaxError
		if matching {
			i += len(x.hint.raw[n])
		} else if i, err = x.collect(i); err != nil {
			return Doc{}, i, err
		}
		nameEnd := i
		if i, err = skipColon(b, i); err != nil {
			return Doc{}, i, err
		}
		start := i
		if visit == nil {
			i, err = skipValue(b, i, depth)
		} else {
			i, err = visit(b[name:nameEnd], i)
		}
		if err != nil {
			return Doc{}, i, err
		}
		offsets = append(offsets, uint32(start-base), uint32(i-base))
		i = skipSpace(b, i)
		if i >= len(b) || b[i] != ',' && b[i] != '}' {
			return Doc{}, i, fail(b, i, objectNext)
		}
		if b[i] == '}' {
			i++
			break
		}
		i = skipSpace(b, i+1)
	}
	if i-base > maxObject {
		return Doc{}, base, fail(b, base, "an object of at most 4 GiB")
	}
	return x.finish(b[base:i:i], offsets, matching), i, nil
}

// matches reports whether the n-th name of the hint stands at buf[i]. The hint's raw names include their quotes, so one
// comparison replaces checking and reading the name.
func (x *indexer) matches(i, n int) bool {
	if n >= len(x.hint.raw) {
		return false
	}
	want := x.hint.raw[n]
	return len(x.buf)-i >= len(want) && string(x.buf[i:i+len(want)]) == want
}

// collect takes a name of an object that does not look like the hint.
func (x *indexer) collect(i int) (int, *SyntaxError) {
	end, err := skipName(x.buf, i)
	if err != nil {
		return end, err
	}
	x.joined = append(x.joined, x.buf[i:end]...)
	x.ends = append(x.ends, len(x.joined))
	return end, nil
}

// takeHint collects the first n names of the hint.
func (x *indexer) takeHint(n int) {
	x.joined, x.ends = x.joined[:0], x.ends[:0]
	for _, raw := range x.hint.raw[:n] {
		x.joined = append(x.joined, raw...)
		x.ends = append(x.ends, len(x.joined))
	}
}

// room gives an empty slice with room for the offsets of an object like the hint, or one that begins at buf[i].
func (x *indexer) room(i int) []uint32 {
	need := min(8+(len(x.buf)-i)/16, 128)
	if x.hint != nil {
		need = 2 * len(x.hint.raw)
	}
	if cap(x.stock) < need {
		x.stock = make([]uint32, 0, need)
	}
	return x.stock
}

// restock makes room for the rows that follow one of the given size. Up to 128 of them share an allocation: that keeps no
// more memory in use than the page's text, which each of them keeps anyhow.
func (x *indexer) restock(size, left int) {
	if x.hint == nil {
		return
	}
	if need := 2 * len(x.hint.raw); cap(x.stock) < need {
		x.stock = make([]uint32, 0, need*min(max(left/size, 1), 128))
	}
}

// finish makes the document, and its shape the hint for the next one.
func (x *indexer) finish(text []byte, offsets []uint32, matching bool) Doc {
	n := len(offsets) / 2
	if !matching || n != len(x.hint.raw) {
		if matching {
			x.takeHint(n)
		}
		x.hint = x.shapes.intern(x.joined, x.ends)
	}
	if len(offsets) <= cap(x.stock) {
		x.stock = x.stock[len(offsets):len(offsets):cap(x.stock)]
	}
	return Doc{text: text, shape: x.hint, offsets: offsets[:len(offsets):len(offsets)]}
}
