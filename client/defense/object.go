package defense

import (
	"context"
	"maps"
	"net/http"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
)

// define completes the table of a model of this product, whose objects are answered under a key of their own.
func define(k client.Kind, infoKey string) *client.Kind {
	k.Product, k.Style = Name, style()
	k.Fetch = func(ctx context.Context, o *client.Object) (jsondoc.Doc, error) { return fetch(ctx, o, infoKey) }
	k.Saved = func(ctx context.Context, o *client.Object, answer *client.Response) error {
		return saved(ctx, o, answer, infoKey)
	}
	k.Deleted = func(o *client.Object, answer *client.Response) error {
		return done(o.Client(), answer, "Did not delete "+o.String()+".")
	}
	return client.Define(k)
}

// fetch reads an object. The service answers status 200 also for one that it does not know, without its key: that is
// an [client.ObjectNotFoundError].
//
// Source: contract/defense.md, "Models".
func fetch(ctx context.Context, o *client.Object, infoKey string) (jsondoc.Doc, error) {
	path, err := o.Path()
	if err != nil {
		return jsondoc.Doc{}, err
	}
	answer, err := o.Client().Do(ctx, client.Request{Path: path})
	if err != nil {
		return jsondoc.Doc{}, err
	}
	e, err := open(o.Client(), answer)
	if err != nil {
		return jsondoc.Doc{}, err
	}
	info, _ := e.doc.Get(infoKey)
	doc, ok := o.Client().DocOf(o.Kind(), info)
	if !ok {
		return jsondoc.Doc{}, e.missing()
	}
	return doc, nil
}

// saved takes in the answer of a save: the new document, or the id of a new object, or nothing but success, in which
// cases the object is fetched. One that does not say success is a [client.ServerError], and the changes stay unsaved.
//
// Source: contract/model.md, section 6; contract/defense.md, "Saving"; known-bugs.md, row 3.
func saved(ctx context.Context, o *client.Object, answer *client.Response, infoKey string) error {
	if len(answer.Body) == 0 {
		return o.Reread(ctx)
	}
	k := o.Kind()
	e, err := open(o.Client(), answer)
	if err != nil {
		return err
	}
	info, _ := e.doc.Get(infoKey)
	doc, whole := o.Client().DocOf(k, info)
	if !e.success(whole) {
		return e.failure(e.text("message"), "Did not update "+k.Name+" record.")
	}
	if whole {
		if id, ok := doc.Get(k.PrimaryKey); ok && o.IsNew() {
			if err := o.Renamed(id.Any()); err != nil {
				return o.Client().BadAnswer(answer, err)
			}
		}
		o.Hold(doc, true)
		return nil
	}
	if id, ok := e.doc.Get(newID); ok && o.IsNew() {
		if err := o.Renamed(id.Any()); err != nil {
			return o.Client().BadAnswer(answer, err)
		}
	}
	return o.Reread(ctx)
}

// newID is where an answer has the id of a new object: policies are all that can be created.
const newID = "policyId"

// saveChanges sends the changed fields alone, unwrapped.
func saveChanges(_ context.Context, o *client.Object, _ bool) (client.Request, error) {
	path, err := o.Path()
	body := map[string]any{}
	for _, name := range o.Changed() {
		body[name], _ = o.Held(name)
	}
	return client.Request{Method: http.MethodPatch, Path: path, Body: body}, err
}

// saveWrapped sends everything that is held under the model's key: a new object without an id to the collection.
func saveWrapped(infoKey string) func(ctx context.Context, o *client.Object, isNew bool) (client.Request, error) {
	return func(_ context.Context, o *client.Object, isNew bool) (client.Request, error) {
		body := o.Data()
		if isNew {
			body = maps.Clone(body)
			delete(body, o.Kind().PrimaryKey)
			return client.Request{Method: http.MethodPost, Path: o.Kind().Route, Body: map[string]any{infoKey: body}}, nil
		}
		path, err := o.Path()
		return client.Request{Method: http.MethodPut, Path: path, Body: map[string]any{infoKey: body}}, err
	}
}
