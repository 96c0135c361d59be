package bindings

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings/attrs"
	"github.com/cbscript/cbscript/client"
)

// Query is the Starlark value of a query. It is lazy, immutable and composable. for, len, list, bool, q[0], q[-1] and
// q[:2] work on it; a failure while reading is raised at the result where it happened, and never looks like the end.
// It may be used from several threads at once.
type Query struct {
	q     *client.Query
	table *queryTable
}

var (
	_ starlark.HasAttrs  = (*Query)(nil)
	_ starlark.Sequence  = (*Query)(nil)
	_ starlark.Sliceable = (*Query)(nil)
	_ starlark.Mapping   = (*Query)(nil)
	_ starlark.Container = (*Query)(nil)
	_ clientValuer       = (*Query)(nil)
)

// queryTable is what the attributes of a model's queries are, made once for each model.
type queryTable struct {
	methods map[string]queryEntry
	names   []string // sorted
}

type queryEntry struct {
	method  *starlark.Builtin // not bound yet; nil for an attribute that is read
	read    func(ctx context.Context, q *client.Query) (any, error)
	returns string
}

// queryTables holds the table of each model's queries.
var queryTables sync.Map // *client.Kind -> *queryTable

func queryTableOf(k *client.Kind) *queryTable {
	if t, ok := queryTables.Load(k); ok {
		return t.(*queryTable)
	}
	t := &queryTable{methods: make(map[string]queryEntry)}
	for _, m := range k.QueryMethods() {
		e := queryEntry{returns: m.Returns}
		if m.Attribute {
			e.read = func(ctx context.Context, q *client.Query) (any, error) { return m.Do(ctx, q, client.Args{}) }
		} else {
			e.method = queryMethod(m)
		}
		t.methods[m.Name] = e
		t.names = append(t.names, m.Name)
	}
	slices.Sort(t.names)
	stored, _ := queryTables.LoadOrStore(k, t)
	return stored.(*queryTable)
}

func queryMethod(m client.QueryMethod) *starlark.Builtin {
	c := call{name: m.Name, params: m.Params, terms: m.Terms}
	return starlark.NewBuiltin(m.Name, func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		q := attrs.Receiver[*Query](b).q
		unpacked, err := c.unpack(t, args, kwargs)
		if err != nil {
			return nil, err
		}
		got, err := m.Do(callContext(t, m.Capability), q, unpacked)
		if err != nil {
			return nil, err
		}
		return FromGo(got)
	})
}

func newQuery(q *client.Query) *Query { return &Query{q: q, table: queryTableOf(q.Kind())} }

// String shows the query, without a request.
func (v *Query) String() string { return v.q.String() }

// Type is "Query".
func (v *Query) Type() string { return "Query" }

// Freeze does nothing: a query is immutable.
func (v *Query) Freeze() {}

// Hash fails: two queries that read alike may give different results.
func (v *Query) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: Query") }

func (v *Query) clientValue() any { return v.q }

// AttrDocs describes the methods.
func (v *Query) AttrDocs() []attrs.Doc { return queryDocs(v.q.Kind()) }

// Query gives the client's query.
func (v *Query) Query() *client.Query { return v.q }

// Attr gives a method, or an attribute such as webui_link.
func (v *Query) Attr(name string) (starlark.Value, error) {
	e, ok := v.table.methods[name]
	switch {
	case !ok:
		return nil, nil
	case e.method != nil:
		return e.method.BindReceiver(v), nil
	}
	got, err := e.read(Context(Current()), v.q)
	if err != nil {
		return nil, err
	}
	return FromGo(got)
}

// AttrNames lists the methods, sorted.
func (v *Query) AttrNames() []string { return slices.Clone(v.table.names) }

// CompleteNames lists the methods for completion.
func (v *Query) CompleteNames() []string { return v.AttrNames() }

// CompleteAttr says what a method gives, without calling it.
func (v *Query) CompleteAttr(name string) any { return v.described().CompleteAttr(name) }

// CompleteIndex says that the results are objects.
func (v *Query) CompleteIndex() any { return v.described().CompleteIndex() }

func (v *Query) described() describedQuery { return describedQuery{v.q.Client().Product(), v.q.Kind()} }

// Truth reports whether there are results, reading the first page if nothing is known.
func (v *Query) Truth() starlark.Bool {
	ok, err := v.q.Any(Context(Current()))
	if err != nil {
		Raise(err)
	}
	return starlark.Bool(ok)
}

// maxLen is the greatest length that Len gives. The interpreter makes room for as many results as Len promises, so that
// a server's wrong number must not exhaust the memory.
const maxLen = 1_000_000

// Count gives the number of results, reading and keeping the first page when it is not known. len asks it.
func (v *Query) Count() (int, error) { return v.q.Len(Context(Current())) }

// Len gives the number of results, up to a million.
func (v *Query) Len() int {
	n, err := v.Count()
	if err != nil {
		Raise(err)
	}
	return min(n, maxLen)
}

// Iterate begins to read the results.
func (v *Query) Iterate() starlark.Iterator {
	return &queryIterator{it: v.q.Iterate(Context(Current())), table: tableOf(v.q.Kind())}
}

// queryIterator reads results; the page that fails raises its error.
type queryIterator struct {
	it    *client.Iterator
	table *objectTable
}

func (i *queryIterator) Next(p *starlark.Value) bool {
	if i.it.Next() {
		*p = &Object{o: i.it.Object(), table: i.table}
		return true
	}
	if err := i.it.Err(); err != nil {
		Raise(err)
	}
	return false
}

func (i *queryIterator) Done() { i.it.Close() }

// Get gives q[i]: a negative index counts from the end, and an index where there is nothing gives None.
func (v *Query) Get(key starlark.Value) (starlark.Value, bool, error) {
	i, err := starlark.AsInt32(key)
	if err != nil {
		return nil, false, fmt.Errorf("Query index: got %s, want int", key.Type())
	}
	o, err := v.q.At(Context(Current()), i)
	if err != nil {
		return nil, false, err
	}
	if o == nil {
		return starlark.None, true, nil
	}
	return newObject(o), true, nil
}

// Index gives the i-th result, for the library's own use.
func (v *Query) Index(i int) starlark.Value {
	got, _, err := v.Get(starlark.MakeInt(i))
	if err != nil {
		Raise(err)
	}
	return got
}

// Slice gives q[a:b] as a list. The interpreter asks Len before, to turn negative bounds into others.
func (v *Query) Slice(start, end, step int) starlark.Value {
	if step != 1 {
		Raise(client.Errorf("Query[::%d]: steps are not supported", step))
	}
	if end >= maxLen {
		n, err := v.Count()
		if err == nil && n > maxLen {
			// The interpreter has made the bounds out of Len: what was asked for is not known.
			err = client.Errorf("the query has %d results: a slice cannot end behind the first %d of them, since a query tells Starlark "+
				"no greater length; walk them with for, take single ones by their index (q[%d]), narrow the query, or turn its order round with sort()",
				n, maxLen, maxLen)
		}
		if err != nil {
			Raise(err)
		}
	}
	objects, err := v.q.Slice(Context(Current()), start, end)
	if err != nil {
		Raise(err)
	}
	elems := make([]starlark.Value, len(objects))
	for i, o := range objects {
		elems[i] = newObject(o)
	}
	return starlark.NewList(elems)
}

// Has reports whether an object is among the results, reading them until it is found.
func (v *Query) Has(y starlark.Value) (bool, error) {
	want, ok := y.(*Object)
	if !ok {
		return false, fmt.Errorf("'in Query' requires an object of a model as left operand, not %s", y.Type())
	}
	it := v.q.Iterate(Context(Current()))
	defer it.Close()
	for it.Next() {
		if sameObject(it.Object(), want.o) {
			return true, nil
		}
	}
	return false, it.Err()
}
