package client

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2/simplelru"
)

// The cache of objects selected by id: how many, and how long one stays. Source: contract/model.md, section 1.
const (
	cacheSize = 1024
	cacheLife = 60 * time.Second
)

// cache holds objects by model and id, so that two reads within a minute cost one request. An entry lives from its
// insertion, which reading does not prolong; when it is full the least recently used one goes.
type cache struct {
	mu      sync.Mutex
	entries *lru.LRU[cacheKey, cached]
}

type cacheKey struct {
	kind *Kind
	key  string
}

type cached struct {
	object   *Object
	inserted time.Time
}

func newCache() *cache {
	entries, err := lru.NewLRU[cacheKey, cached](cacheSize, nil)
	if err != nil {
		panic(err) // the size is a positive constant
	}
	return &cache{entries: entries}
}

// get gives the object of that key, or the one that make makes, which it keeps.
func (c *cache) get(k *Kind, key string, make func() *Object) *Object {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := cacheKey{k, key}
	if e, ok := c.entries.Get(at); ok && time.Since(e.inserted) <= cacheLife {
		return e.object
	}
	o := make()
	c.entries.Add(at, cached{o, time.Now()})
	return o
}

// forget drops the object of that key, so that the next read asks the server.
func (c *cache) forget(k *Kind, key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries.Remove(cacheKey{k, key})
}
