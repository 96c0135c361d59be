package gate

import "context"

// callerKey is the key of a caller in a context.
type callerKey struct{}

// WithCaller gives a context whose changing requests a journal shows with the place that asked for them, as
// "hunt.star:12". It is what the code above says of itself, and proves nothing.
func WithCaller(ctx context.Context, at string) context.Context {
	return context.WithValue(ctx, callerKey{}, at)
}

// CallerOf gives that place, or empty text.
func CallerOf(ctx context.Context) string {
	at, _ := ctx.Value(callerKey{}).(string)
	return at
}
