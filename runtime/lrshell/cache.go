package lrshell

import "time"

// cacheTime is how long something about the endpoint is taken for true: others change it too.
const cacheTime = 30 * time.Second

// cache holds what the endpoint said, for completion: the entries of directories, the contents of keys and the processes.
type cache struct {
	now  func() time.Time
	held map[string]cached
}

type cached struct {
	at    time.Time
	value any
}

// get gives what was kept under a key, when it is fresh.
func get[T any](c *cache, key string) (value T, ok bool) {
	held, ok := c.held[key]
	if !ok || c.now().Sub(held.at) > cacheTime {
		return value, false
	}
	value, ok = held.value.(T)
	return value, ok
}

// put keeps something.
func (c *cache) put(key string, value any) {
	if c.held == nil {
		c.held = map[string]cached{}
	}
	c.held[key] = cached{c.now(), value}
}

// forget drops everything: a command may have changed it.
func (c *cache) forget() { c.held = nil }
