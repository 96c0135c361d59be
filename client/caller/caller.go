// Package caller carries where in a script a request comes from, from the code that knows it to the journal of changes.
//
//	ctx = caller.With(ctx, "hunt.star:12")
package caller

import "context"

// key is the key of a place in a context.
type key struct{}

// With gives a context whose changing requests a journal shows with the place that asked for them, as "hunt.star:12". It is
// what the code above says of itself, and proves nothing.
func With(ctx context.Context, at string) context.Context { return context.WithValue(ctx, key{}, at) }

// Of gives that place, or empty text.
func Of(ctx context.Context) string {
	at, _ := ctx.Value(key{}).(string)
	return at
}
