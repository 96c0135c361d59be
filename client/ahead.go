package client

import (
	"context"
	"sync"
)

// joinsAhead is how many rows after the current one a join is followed for ahead of the reader. It bounds what is
// asked for in vain when the reader stops early.
const joinsAhead = 8

// rowPage is the page of results that a row came in, through which a join that is followed row after row is fetched
// for the next rows together.
type rowPage struct {
	rows []*Object

	mu    sync.Mutex
	joins map[string]*followed // by join
}

// followed is how far a join was followed on a page.
type followed struct {
	last    *Object // the object that the row read last led to
	row     int     // index of that row
	fetched int     // rows before this index have been looked at
}

// newPage makes the objects of a page of results.
func (c *Client) newPage(k *Kind, page Page) []*Object {
	p := &rowPage{rows: make([]*Object, len(page.Rows))}
	for i, row := range page.Rows {
		o := c.newRow(k, row)
		o.page, o.index = p, i
		p.rows[i] = o
	}
	return p.rows
}

// Follow tells that a reader was given target by the join of o that is named key. When the reader goes from row to row
// and reads what the join leads to, the targets of the next rows are fetched ahead; to gives a row's target without a
// request, or nil. A fetch that fails is left to the reader, who meets the error at its row.
func (o *Object) Follow(ctx context.Context, key string, target *Object, to func(row *Object) *Object) {
	if o.page == nil {
		return
	}
	rows := o.page.next(key, o.index, target)
	if len(rows) > 0 && ctx.Err() != nil { // asked before other goroutines ask, see Share
		return
	}
	for _, row := range rows {
		if t := to(row); t != nil && !t.IsFull() {
			go func() { _ = t.load(ctx) }() // the reader meets the error, when it comes to this row
		}
	}
}

// next notes that row i leads to target, and gives the rows whose targets are worth fetching now.
func (p *rowPage) next(key string, i int, target *Object) []*Object {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.joins[key]
	if f == nil {
		if p.joins == nil {
			p.joins = map[string]*followed{}
		}
		p.joins[key] = &followed{last: target, row: i}
		return nil
	}
	used := i > f.row && f.last.IsFull()
	f.last, f.row = target, i
	if !used {
		return nil
	}
	from, to := max(f.fetched, i+1), min(len(p.rows), i+1+joinsAhead)
	if from >= to {
		return nil
	}
	f.fetched = to
	return p.rows[from:to]
}
