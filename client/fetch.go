package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// load fetches the document of an object that is not full. Readers at the same time share one request.
func (o *Object) load(ctx context.Context) error {
	if s := o.state.Load(); s.full || s.missing != nil || o.IsNew() || o.kind.NoFetch {
		return s.absence()
	}
	return o.client.Share(ctx, fmt.Sprintf("load %p", o), func(ctx context.Context) error {
		if s := o.state.Load(); s.full || s.missing != nil {
			return s.absence()
		}
		err := o.fetch(ctx)
		var missing *ObjectNotFoundError
		if errors.As(err, &missing) {
			o.update(func(s *state) { s.missing = missing })
		}
		return err
	})
}

// absence is the error for an object that the server does not know, as long as the object lives: who looks twice for
// the parent that is not there asks once. Refresh asks again.
func (s *state) absence() error {
	if s.missing == nil {
		return nil
	}
	return s.missing
}

// Load fetches the whole document unless it is held already.
func (o *Object) Load(ctx context.Context) error { return o.load(ctx) }

// Refresh fetches the document anew and forgets unsaved changes. It does nothing for a new object.
func (o *Object) Refresh(ctx context.Context) error {
	if o.IsNew() || o.primaryKeyChanged() {
		return nil
	}
	if o.kind.Refreshed != nil {
		o.kind.Refreshed(o)
	}
	return o.fetch(ctx)
}

func (o *Object) primaryKeyChanged() bool {
	_, changed := o.state.Load().prior[o.kind.PrimaryKey]
	return changed
}

func (o *Object) fetch(ctx context.Context) error {
	if o.kind.NoFetch {
		return nil
	}
	if err := o.client.Supports(ctx, o.kind); err != nil {
		return err
	}
	var (
		doc jsondoc.Doc
		err error
	)
	if o.kind.Fetch != nil {
		doc, err = o.kind.Fetch(ctx, o)
	} else {
		doc, err = o.getDocument(ctx)
	}
	if err != nil {
		return err
	}
	o.Hold(doc, true)
	return nil
}

// getDocument is the common way to fetch: GET the object's path, which answers its document.
func (o *Object) getDocument(ctx context.Context) (jsondoc.Doc, error) {
	path, err := o.Path()
	if err != nil {
		return jsondoc.Doc{}, err
	}
	return o.client.GetDoc(ctx, o.kind, path)
}

// Path is the path of the object on the server. A new object has none, which is an error.
func (o *Object) Path() (string, error) {
	if o.IsNew() {
		return "", Errorf("this %s has no id yet: save it first", o.kind.Name)
	}
	if o.kind.Path != nil {
		return o.kind.Path(o)
	}
	return JoinPath(o.client.route(o.kind), fmt.Sprint(o.ID().Value))
}

// GetDoc makes a GET request and gives the document that it answers, for an object of kind k.
func (c *Client) GetDoc(ctx context.Context, k *Kind, path string, query ...QueryParam) (jsondoc.Doc, error) {
	resp, err := c.Do(ctx, Request{Path: path, Query: query})
	if err != nil {
		return jsondoc.Doc{}, err
	}
	if err := c.unknown(resp); err != nil {
		return jsondoc.Doc{}, err
	}
	doc, err := jsondoc.ParseObject(resp.Body, c.shapesOf(k))
	if err != nil {
		return jsondoc.Doc{}, c.BadAnswer(resp, err)
	}
	return doc, nil
}

// GetOnly makes a GET request and gives the only document of the list that it answers. An empty list is an
// [ObjectNotFoundError], a longer one a [ServerError].
func (c *Client) GetOnly(ctx context.Context, k *Kind, path string) (jsondoc.Doc, error) {
	resp, err := c.Do(ctx, Request{Path: path})
	if err != nil {
		return jsondoc.Doc{}, err
	}
	if err := c.unknown(resp); err != nil {
		return jsondoc.Doc{}, err
	}
	docs, err := jsondoc.ParseArray(resp.Body, c.shapesOf(k))
	switch {
	case err != nil:
		return jsondoc.Doc{}, c.BadAnswer(resp, err)
	case len(docs) == 0:
		return jsondoc.Doc{}, &ObjectNotFoundError{Method: resp.Method, URI: resp.URI, Message: "the answer is an empty list"}
	case len(docs) > 1:
		return jsondoc.Doc{}, c.BadAnswer(resp, errors.New("a list of one was expected"))
	}
	return docs[0], nil
}

// Hold replaces what the object holds by a document, and forgets unsaved changes. Kinds call it with what a request
// of their own has brought.
func (o *Object) Hold(doc jsondoc.Doc, full bool) {
	var local map[string]any
	if o.kind.Held != nil {
		local = o.kind.Held(o, doc)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ID() // a row's id must survive a document that lacks it
	o.state.Store(&state{doc: doc, local: local, full: full, refreshed: time.Now()})
}

// update replaces the state by a changed copy.
func (o *Object) update(change func(*state)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := *o.state.Load()
	change(&s)
	o.state.Store(&s)
}
