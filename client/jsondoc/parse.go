package jsondoc

// ParseObject indexes a text that is one object.
//
// All parse functions check the whole text, keep buf, and fail with a [*SyntaxError] only.
func ParseObject(buf []byte, s *Shapes) (Doc, error) {
	x := newIndexer(buf, s)
	d, i, err := x.object(skipSpace(buf, 0), 1, nil)
	if err == nil {
		err = skipEnd(buf, i)
	}
	if err != nil {
		return Doc{}, err
	}
	x.shapes.rows.Store(x.hint)
	return d, nil
}

// ParseArray indexes a text that is an array of objects.
func ParseArray(buf []byte, s *Shapes) ([]Doc, error) {
	x := newIndexer(buf, s)
	docs, i, err := x.array(skipSpace(buf, 0), 1)
	if err == nil {
		err = skipEnd(buf, i)
	}
	if err != nil {
		return nil, err
	}
	x.shapes.rows.Store(x.hint)
	return docs, nil
}

// ParsePage indexes a text that is an object with an array of objects under key, such as a page of search results.
// rest is the object itself, with all its members (also key: its value stays unread text there). There are no rows when
// key is absent or null. s is for the rows; the object around them shares its names there as well.
func ParsePage(buf []byte, key string, s *Shapes) (rows []Doc, rest Doc, err error) {
	x := newIndexer(buf, s)
	outer := &indexer{buf: buf, shapes: x.shapes, hint: x.shapes.envelope.Load()}
	rest, i, fault := outer.object(skipSpace(buf, 0), 1, func(name []byte, i int) (int, *SyntaxError) {
		if unescape(name) != key {
			return skipValue(buf, i, 1)
		}
		var fault *SyntaxError
		if i < len(buf) && buf[i] == 'n' {
			rows = nil
			return skipWord(buf, i, "null")
		}
		rows, i, fault = x.array(i, 2)
		return i, fault
	})
	if fault == nil {
		fault = skipEnd(buf, i)
	}
	if fault != nil {
		return nil, Doc{}, fault
	}
	x.shapes.rows.Store(x.hint)
	x.shapes.envelope.Store(outer.hint)
	return rows, rest, nil
}

// ParseMembers indexes a text that is an object whose members are all objects: names[i] is the name of docs[i], in the
// order of the text. Of members with the same name the last one counts, in the place of the first.
func ParseMembers(buf []byte, s *Shapes) (names []string, docs []Doc, err error) {
	x := newIndexer(buf, s)
	outer := &indexer{buf: buf, shapes: new(Shapes)} // names of things, such as partitions, are not member names to share
	var all []Doc
	whole, i, fault := outer.object(skipSpace(buf, 0), 1, func(_ []byte, i int) (int, *SyntaxError) {
		d, end, fault := x.object(i, 2, nil)
		all = append(all, d)
		return end, fault
	})
	if fault == nil {
		fault = skipEnd(buf, i)
	}
	if fault != nil {
		return nil, nil, fault
	}
	x.shapes.rows.Store(x.hint)
	for n := range whole.Len() {
		names = append(names, whole.Name(n))
		docs = append(docs, all[whole.shape.slot(n)])
	}
	return names, docs, nil
}

// ParseValue checks a text that is any JSON value.
func ParseValue(buf []byte) (Value, error) {
	start := skipSpace(buf, 0)
	end, err := skipValue(buf, start, 0)
	if err == nil {
		err = skipEnd(buf, end)
	}
	if err != nil {
		return Value{}, err
	}
	return Value{text: buf[start:end:end]}, nil
}

func newIndexer(buf []byte, s *Shapes) *indexer {
	if s == nil {
		s = new(Shapes)
	}
	return &indexer{buf: buf, shapes: s, hint: s.rows.Load()}
}

// array indexes the array of objects at buf[i]; depth counts itself.
func (x *indexer) array(i, depth int) ([]Doc, int, *SyntaxError) {
	if i >= len(x.buf) || x.buf[i] != '[' {
		return nil, i, fail(x.buf, i, "an array of objects")
	}
	var docs []Doc
	i, err := each(x.buf, i, depth, func(start int) (int, *SyntaxError) {
		d, end, err := x.object(start, depth+1, nil)
		if err != nil {
			return end, err
		}
		size, left := end-start, len(x.buf)-end
		if docs == nil {
			docs = make([]Doc, 0, 1+min(left/size, 128))
		}
		x.restock(size, left)
		docs = append(docs, d)
		return end, nil
	})
	return docs, i, err
}
