package client

import "context"

// Join gives the object of the model of that name whose id a field of o holds; nil when the field is null or absent.
// It makes no request beyond one for the field itself: reading the object does. A join that is followed row after row
// is fetched ahead for the next rows.
func (o *Object) Join(ctx context.Context, field, model string) (any, error) {
	id, ok, err := o.Value(ctx, field)
	if err != nil || !ok || id == nil {
		return nil, err
	}
	k, err := o.client.Kind(model)
	if err != nil {
		return nil, err
	}
	target, err := o.client.SelectID(ctx, k, id, nil)
	if err != nil {
		return nil, err
	}
	o.Follow(ctx, field, target, func(row *Object) *Object {
		id, ok := row.Held(field)
		if !ok || id == nil {
			return nil
		}
		t, err := row.client.SelectID(ctx, k, id, nil)
		if err != nil {
			return nil
		}
		return t
	})
	return target, nil
}
