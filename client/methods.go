package client

import (
	"context"
	"slices"
)

// readMethods, saveMethods and deleteMethod are the methods that the objects of a model have whatever the model is, by what
// it allows. They are data, of which a table takes a copy: sixty tables are made whenever a program begins. What is left
// open in them is the model's own: see withCommonMethods.
var (
	readMethods = [...]Method{
		{Name: "get", Returns: "any", Doc: "The attribute of that name, or default when the object has none.",
			Params: []Param{
				{Name: "name", Type: Text, Required: true, Doc: "the attribute"},
				{Name: "default", Type: Any, Doc: "what is given when the server did not send it"},
			},
			Do: func(ctx context.Context, o *Object, args Args) (any, error) {
				return o.GetOr(ctx, args.Text("name"), args["default"])
			}},
		{Name: "refresh", Doc: "Fetch the document anew and forget unsaved changes. Gives the object.",
			Do: func(ctx context.Context, o *Object, _ Args) (any, error) { return o, o.Refresh(ctx) }},
		{Name: "is_dirty", Returns: "bool", Doc: "Whether there are changes that were not saved.",
			Do: func(_ context.Context, o *Object, _ Args) (any, error) { return o.IsDirty(), nil }},
	}
	saveMethods = [...]Method{
		{Name: "save", Doc: "Send the changes to the server. Gives the object, or None when nothing was changed.",
			Do: func(ctx context.Context, o *Object, _ Args) (any, error) {
				if !o.IsDirty() {
					return nil, nil
				}
				return o, o.Save(ctx)
			}},
		{Name: "reset", Returns: "None", Doc: "Take unsaved changes back.",
			Do: func(_ context.Context, o *Object, _ Args) (any, error) { o.Reset(); return nil, nil }},
		{Name: "validate", Returns: "bool", Doc: "True, or an InvalidObjectError that names every missing field.",
			Do: func(ctx context.Context, o *Object, _ Args) (any, error) { return true, o.Validate(ctx) }},
	}
	deleteMethod = [...]Method{
		{Name: "delete", Returns: "None", Doc: "Delete the object on the server.",
			Do: func(ctx context.Context, o *Object, _ Args) (any, error) { return nil, o.Delete(ctx) }},
	}
)

// withCommonMethods gives a model's own methods and those that its objects have whatever the model is.
func withCommonMethods(k *Kind) []Method {
	var save, remove []Method
	if k.Allows&(CanCreate|CanUpdate) != 0 {
		save = saveMethods[:]
	}
	if k.Allows.Can(CanDelete) {
		remove = deleteMethod[:]
	}
	all := slices.Concat(k.Methods, readMethods[:], save, remove)
	for i := len(k.Methods); i < len(all); i++ {
		switch m := &all[i]; m.Name {
		case "refresh":
			m.Returns = k.Name
		case "save":
			m.Returns, m.Capability = k.Name, k.Capability
		case "delete":
			m.Capability = k.Capability
		}
	}
	return all
}

// withCommonProperties gives a model's own computed attributes and those that its objects have whatever the model is.
func withCommonProperties(k *Kind) []Property {
	all := make([]Property, 0, len(k.Properties)+2)
	return append(append(all, k.Properties...),
		Property{Name: "original_document", Returns: "dict", Doc: "Everything that is held, as the server sends it, local changes included.",
			Get: func(ctx context.Context, o *Object) (any, error) { return o.Document(ctx) }},
		Property{Name: "model_unique_id", Returns: "any", Doc: "The " + k.PrimaryKey + " that identifies the object on its server.",
			Get: func(_ context.Context, o *Object) (any, error) { return o.ID().Value, nil }})
}

// GetOr gives an attribute, or fallback when the object does not have it or the server did not send it. A declared
// field that is null is nil, not the fallback. Other errors stay errors.
//
// Source: contract/model.md, section 8; known-bugs.md, row 13.
func (o *Object) GetOr(ctx context.Context, name string, fallback any) (any, error) {
	a, declared := o.kind.Attribute(name)
	if declared && a.Property != nil {
		return a.Property.Get(ctx, o)
	}
	if _, held, err := o.Value(ctx, name); err != nil {
		return nil, err
	} else if !held {
		return fallback, nil
	}
	return o.Get(ctx, name)
}
