package client

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/nearest"
)

// Set changes an attribute locally; Save sends it. An object that is not fully loaded is fetched first. A name that
// the model does not have is a [NoSuchAttributeError], and so is one that cannot be set: nothing is changed then.
// An object as the value means its id.
//
// Source: contract/model.md, section 4; known-bugs.md, row 10.
func (o *Object) Set(ctx context.Context, name string, value any) error {
	k := o.kind
	a, declared := k.Attribute(name)
	if declared && a.Property != nil && a.Property.Set != nil {
		return a.Property.Set(ctx, o, value)
	}
	field, isField := k.Field(name)
	switch {
	case declared && a.Field == nil && !isField,
		isField && field.ReadOnly,
		!k.Allows.Can(CanUpdate) && !(o.IsNew() && k.Allows.Can(CanCreate)):
		return &NoSuchAttributeError{Model: k.Name, Name: name, ReadOnly: true}
	}
	if err := o.load(ctx); err != nil {
		return err
	}
	current, held := o.state.Load().raw(name)
	if !isField && !held {
		return &NoSuchAttributeError{Model: k.Name, Name: name, Nearest: nearest.Name(name, o.Names())}
	}
	kind := Any
	if isField {
		kind = field.Type
	}
	raw, err := encode(kind, value)
	if err != nil {
		return &InvalidObjectError{Model: k.Name, Fields: []string{name},
			Message: fmt.Sprintf("%s.%s cannot be set to %s: %v", k.Name, name, shownValue(field, value), err)}
	}
	if was, err := decode(kind, current); held && err == nil {
		if is, err := decode(kind, raw); err == nil && same(was, is) {
			return nil
		}
	}
	o.update(func(s *state) { s.set(name, raw) })
	return nil
}

// shownValue gives a value for an error message, unless its field is a secret.
func shownValue(f *Field, value any) string {
	if f != nil && f.Secret {
		return SecretPlaceholder
	}
	return fmt.Sprintf("%#v", value)
}

func (s *state) set(name string, raw any) {
	current, held := s.raw(name)
	priors := maps.Clone(s.prior)
	if before, changed := priors[name]; !changed {
		if priors == nil {
			priors = map[string]prior{}
		}
		priors[name] = prior{current, held}
	} else if before.present && same(before.value, raw) {
		delete(priors, name)
	}
	s.prior = priors
	s.local = maps.Clone(s.local)
	if s.local == nil {
		s.local = map[string]any{}
	}
	s.local[name] = raw
}

// IsDirty reports whether there are changes that were not saved.
func (o *Object) IsDirty() bool { return len(o.state.Load().prior) > 0 }

// Changed gives the names of the fields that were changed and not saved, sorted.
func (o *Object) Changed() []string { return sortedKeys(o.state.Load().prior) }

// IsChanged reports whether that field was changed and not saved.
func (o *Object) IsChanged(name string) bool {
	_, changed := o.state.Load().prior[name]
	return changed
}

// Reset takes unsaved changes back.
func (o *Object) Reset() {
	o.update(func(s *state) {
		s.local = maps.Clone(s.local)
		for name, before := range s.prior {
			if before.present {
				s.local[name] = before.value
			} else {
				s.local[name] = removed{}
			}
		}
		s.prior = nil
	})
}

// Validate reports fields that a save needs and that are missing, all at once, as an [InvalidObjectError].
func (o *Object) Validate(ctx context.Context) error {
	if err := o.load(ctx); err != nil {
		return err
	}
	var missing []string
	for _, f := range o.kind.Fields {
		if _, held := o.state.Load().raw(f.Name); !f.Required || held {
			continue
		}
		needed, err := o.client.AtLeast(ctx, f.RequiredFrom)
		if err != nil {
			return err
		}
		if needed {
			missing = append(missing, f.Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &InvalidObjectError{Model: o.kind.Name, Fields: missing,
		Message: fmt.Sprintf("missing fields of %s: [%s]", o.kind.Name, strings.Join(missing, ", "))}
}

// Save sends the changes, and does nothing when there are none. Afterwards the object holds what the server has. A
// model that cannot be changed is an [APIError]; missing fields are an [InvalidObjectError], before any request; a
// change that the server refused is a [ServerError], and the changes stay unsaved.
//
// Source: contract/model.md, section 6.
func (o *Object) Save(ctx context.Context) error {
	_, err := o.SaveSent(ctx)
	return err
}

// SaveSent saves as Save does, and reports whether the server was sent the changes: not when there are none, and not
// when the guard only wanted to see them. Who waits for the effect of a save asks it.
func (o *Object) SaveSent(ctx context.Context) (sent bool, err error) {
	if !o.IsDirty() {
		return false, nil
	}
	k := o.kind
	isNew := o.IsNew() || o.primaryKeyChanged()
	switch {
	case isNew && !k.Allows.Can(CanCreate):
		return false, Errorf("cannot create object of type %s: the server has no call for it", k.Name)
	case !isNew && !k.Allows.Can(CanUpdate):
		return false, Errorf("%s objects cannot be changed: the server has no call for it", k.Name)
	}
	if err := o.client.Supports(ctx, k); err != nil {
		return false, err
	}
	if err := o.Validate(ctx); err != nil {
		return false, err
	}
	saving := k.Saving
	if saving == nil {
		saving = savingAll
	}
	request, err := saving(ctx, o, isNew)
	if err != nil {
		return false, err
	}
	if request.Change == nil {
		request.Change = o.saveChange(isNew)
	}
	answer, err := o.client.Do(ctx, request)
	if err != nil {
		return false, err
	}
	if answer.Skipped {
		o.update(func(s *state) { s.prior = nil })
		return false, nil
	}
	if k.Saved != nil {
		return true, k.Saved(ctx, o, answer)
	}
	return true, o.Answered(ctx, answer)
}

// savingAll is the common request of a save: all data, to the collection without the primary key when the object is
// new, else to the object.
func savingAll(_ context.Context, o *Object, isNew bool) (Request, error) {
	body := o.Data()
	if isNew {
		delete(body, o.kind.PrimaryKey)
		return Request{Method: http.MethodPost, Path: o.client.route(o.kind), Body: body}, nil
	}
	path, err := o.Path()
	return Request{Method: http.MethodPut, Path: path, Body: body}, err
}

// Data gives everything that is held as the server would send it, secrets included: the body of a save. It must not
// be shown.
func (o *Object) Data() map[string]any { return o.document() }

// saveChange describes a save to whoever permits it.
func (o *Object) saveChange(isNew bool) *Change {
	s := o.state.Load()
	change := &Change{Kind: o.kind, ID: o.ID().Key, Before: map[string]any{}, After: map[string]any{}}
	change.Action = "save " + o.kind.Name + " " + change.ID
	if isNew {
		change.Action = "create " + o.kind.Name
	}
	for _, name := range sortedKeys(s.prior) {
		change.Before[name] = s.prior[name].value
		change.After[name], _ = s.raw(name)
		needs := o.kind.Capability
		if f, ok := o.kind.Field(name); ok {
			if f.Secret {
				change.Before[name], change.After[name] = SecretPlaceholder, SecretPlaceholder
			}
			needs = cmp.Or(f.Capability, needs)
		}
		if !slices.Contains(change.Needs, needs) {
			change.Needs = append(change.Needs, needs)
		}
	}
	return change
}

// Answered takes in the answer of a save in the common way: the new document, the id of a new object, or nothing, in
// which cases the object is fetched anew.
func (o *Object) Answered(ctx context.Context, answer *Response) error {
	doc, err := jsondoc.ParseObject(answer.Body, o.client.shapesOf(o.kind))
	if err != nil {
		return o.Reread(ctx)
	}
	if doc.Len() == 1 {
		switch v := doc.At(0); doc.Name(0) {
		case "result":
			if text := v.Text(); text != "success" && text != "" {
				return &ServerError{Status: answer.Status, Method: answer.Method, URI: answer.URI,
					Message: o.client.redact(text), Result: "Did not update " + o.kind.Name + " record."}
			}
			return o.Reread(ctx)
		case "id":
			if err := o.Renamed(v.Any()); err != nil {
				return o.client.BadAnswer(answer, err)
			}
			o.client.log.DebugContext(ctx, "Only received an ID back from the server, forcing a refresh")
			return o.Reread(ctx)
		}
	}
	if id, ok := doc.Get(o.kind.PrimaryKey); ok && (o.IsNew() || o.primaryKeyChanged()) {
		if err := o.Renamed(id.Any()); err != nil {
			return o.client.BadAnswer(answer, err)
		}
	}
	o.Hold(doc, true)
	return nil
}

// Renamed gives a new object the id that the server chose.
func (o *Object) Renamed(id any) error {
	at, err := plainID(o.kind, id)
	if err != nil {
		return err
	}
	o.id.Store(&at)
	o.update(func(s *state) {
		if s.local = maps.Clone(s.local); s.local == nil {
			s.local = map[string]any{}
		}
		s.local[o.kind.PrimaryKey] = at.Value
	})
	return nil
}

// Reread fetches an object after a save. An object whose id is still unknown, or that cannot be fetched, keeps what
// it holds. The id of a new object is the one that was sent, when it had one.
func (o *Object) Reread(ctx context.Context) error {
	if id, held := o.Held(o.kind.PrimaryKey); held && id != nil && (o.IsNew() || o.primaryKeyChanged()) {
		if err := o.Renamed(id); err != nil {
			return err
		}
	}
	if o.IsNew() || o.kind.NoFetch || o.kind.ShowsLate {
		o.update(func(s *state) { s.prior, s.full, s.refreshed = nil, true, time.Now() })
		return nil
	}
	return o.fetch(ctx)
}

// Delete deletes the object on the server, and does nothing for a new one. The local object stays as it is. A model
// that cannot be deleted is an [APIError].
//
// Source: contract/model.md, section 7.
func (o *Object) Delete(ctx context.Context) error {
	if o.IsNew() {
		return nil
	}
	if !o.kind.Allows.Can(CanDelete) {
		return Errorf("%s objects cannot be deleted: the server has no call for it", o.kind.Name)
	}
	if err := o.client.Supports(ctx, o.kind); err != nil {
		return err
	}
	path, err := o.Path()
	if err != nil {
		return err
	}
	answer, err := o.client.Do(ctx, Request{Method: http.MethodDelete, Path: path, Change: &Change{
		Needs: []Capability{o.kind.Capability}, Action: "delete " + o.kind.Name + " " + o.ID().Key, Kind: o.kind, ID: o.ID().Key}})
	if err != nil {
		return err
	}
	if answer.Status != http.StatusOK && answer.Status != http.StatusNoContent {
		return &ServerError{Status: answer.Status, Method: answer.Method, URI: answer.URI,
			Message: o.client.redact(string(answer.Body)), Result: "Did not delete " + o.String() + "."}
	}
	if o.kind.Deleted != nil && !answer.Skipped {
		if err := o.kind.Deleted(o, answer); err != nil {
			return err
		}
	}
	o.client.cache.forget(o.kind, o.ID().Key)
	return nil
}
