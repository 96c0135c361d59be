package protection

import (
	"context"

	"github.com/cbscript/cbscript/client"
)

// Operations that go together. Every model can be queried and read by its id; what can be changed can be deleted too.
// Source: contract/protection.md, "Models".
const (
	readOnly  = client.CanQuery | client.CanGet
	writable  = readOnly | client.CanUpdate | client.CanDelete
	creatable = writable | client.CanCreate
)

// older makes the table of a model of the older family: an attribute that the server did not send is nil, and print
// shows the values as the attributes give them.
//
// Source: contract/model.md, sections 1 and 9.
func older(k client.Kind) client.Kind {
	k.Lenient = true
	k.Printer = func(o *client.Object) string { return client.PrintAttributes(o, "") }
	return k
}

// define completes the table of a model of this product.
func define(k client.Kind) *client.Kind {
	k.Product, k.PrimaryKey, k.Style = Name, "id", style()
	return client.Define(k)
}

// idOnly are the fields of a model of which nothing but the id is known beforehand: the others are what the server
// sends.
var idOnly = []client.Field{{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the object"}}

// join is a property that leads to the object whose id a field holds; nil when the field is null or absent.
func join(name, field, model, doc string) client.Property {
	return client.Property{Name: name, Returns: model, Doc: doc,
		Get: func(ctx context.Context, o *client.Object) (any, error) { return o.Join(ctx, field, model) }}
}

// settableJoin is a join that can be set, to another object of that model or to the id of one.
func settableJoin(name, field, model, doc string) client.Property {
	p := join(name, field, model, doc)
	p.Set = func(ctx context.Context, o *client.Object, value any) error {
		if other, ok := value.(*client.Object); ok && other.Kind().Name != model {
			return client.Errorf("%s.%s: got a %s, want a %s or the id of one", o.Kind().Name, name, other.Kind().Name, model)
		}
		return o.Set(ctx, field, value)
	}
	return p
}

// related is a property that is the query of another model's objects on a condition with this object's id.
func related(name, model, field, doc string) client.Property {
	return client.Property{Name: name, Returns: "Query of " + model, Doc: doc,
		Get: func(_ context.Context, o *client.Object) (any, error) {
			if o.IsNew() {
				return nil, client.Errorf("%s.%s: this %s has no id yet: save it first", o.Kind().Name, name, o.Kind().Name)
			}
			k, err := o.Client().Kind(model)
			if err != nil {
				return nil, err
			}
			return o.Client().Select(k).Where(field + ":" + o.ID().Key), nil
		}}
}

// fileHash is a property that is the first hash of a file that there is.
func fileHash() client.Property {
	return client.Property{Name: "fileHash", Returns: "string", Doc: "MD5 of the file, else its SHA-1, else its SHA-256; None when there is none.",
		Get: func(ctx context.Context, o *client.Object) (any, error) {
			for _, name := range []string{"md5", "sha1", "sha256"} {
				v, _, err := o.Value(ctx, name)
				if err != nil {
					return nil, err
				}
				if hash, _ := v.(string); hash != "" {
					return hash, nil
				}
			}
			return nil, nil
		}}
}

// numbered makes the constants of a field: a prefix and names, whose values count from first.
func numbered(field, prefix string, first int, names ...string) []client.Constant {
	list := make([]client.Constant, len(names))
	for i, name := range names {
		list[i] = client.Constant{Name: prefix + name, Value: first + i, Doc: "a value of " + field}
	}
	return list
}
