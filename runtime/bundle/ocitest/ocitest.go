// Package ocitest is an OCI registry in the process, for tests: pulling, pushing and listing tags as the distribution
// specification describes them, on loopback, in memory.
//
//	server := ocitest.New(t.Cleanup)
//	place := server.Place() + "/modules"
//
// It does not delete, mount or upload in chunks.
package ocitest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

// A Server is a registry. It is safe for concurrent use.
type Server struct {
	http *httptest.Server

	mu       sync.Mutex
	blobs    map[string][]byte // by repository and digest, with a space between them
	tags     map[string]map[string]string
	types    map[string]string // of manifests, by digest
	user     string
	password string
	fault    int
}

// New starts a registry. It ends by cleanup, which is the Cleanup of a test, or the Defer of a test script.
func New(cleanup func(func())) *Server {
	s := &Server{blobs: map[string][]byte{}, tags: map[string]map[string]string{}, types: map[string]string{}}
	s.http = httptest.NewServer(s)
	cleanup(s.http.Close)
	return s
}

// Place is the registry's address, host and port.
func (s *Server) Place() string { return strings.TrimPrefix(s.http.URL, "http://") }

// Protect makes the registry ask for a user and a password.
func (s *Server) Protect(user, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user, s.password = user, password
}

// Fail makes the registry answer everything with a status; 0 makes it work again.
func (s *Server) Fail(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = status
}

// Retag makes a tag name what another one names.
func (s *Server) Retag(repository, from, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tags[repository][to] = s.tags[repository][from]
}

// Tamper changes each blob of a repository by f, under its old digest.
func (s *Server) Tamper(repository string, f func([]byte) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, data := range s.blobs {
		if strings.HasPrefix(key, repository+" ") && s.types[strings.TrimPrefix(key, repository+" ")] == "" {
			s.blobs[key] = f(slices.Clone(data))
		}
	}
}

// ServeHTTP answers as a registry.
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != 0 {
		refuse(w, s.fault, "UNAVAILABLE")
		return
	}
	if user, password, _ := req.BasicAuth(); s.user != "" && (user != s.user || password != s.password) {
		w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED")
		return
	}
	rest, ok := strings.CutPrefix(req.URL.Path, "/v2/")
	if !ok {
		refuse(w, http.StatusNotFound, "UNSUPPORTED")
		return
	}
	for part, handle := range map[string]func(http.ResponseWriter, *http.Request, string, string){
		"/blobs/uploads/": s.upload, "/blobs/": s.blob, "/manifests/": s.manifest, "/tags/list": s.list,
	} {
		repository, reference, ok := strings.Cut(rest, part)
		if ok && (part != "/blobs/" || !strings.HasPrefix(reference, "uploads/")) {
			handle(w, req, repository, reference)
			return
		}
	}
	w.WriteHeader(http.StatusOK) // the question whether this is a registry
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"errors":[{"code":%q,"message":"as the test wants it"}]}`, code)
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// upload takes a blob: a POST opens the upload, a PUT with the digest sends all of it.
func (s *Server) upload(w http.ResponseWriter, req *http.Request, repository, _ string) {
	switch req.Method {
	case http.MethodPost:
		w.Header().Set("Location", "/v2/"+repository+"/blobs/uploads/1")
		w.WriteHeader(http.StatusAccepted)
	case http.MethodPut:
		data, err := io.ReadAll(req.Body)
		if err != nil || digest(data) != req.URL.Query().Get("digest") {
			refuse(w, http.StatusBadRequest, "DIGEST_INVALID")
			return
		}
		s.blobs[repository+" "+digest(data)] = data
		w.Header().Set("Docker-Content-Digest", digest(data))
		w.WriteHeader(http.StatusCreated)
	default:
		refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED")
	}
}

func (s *Server) blob(w http.ResponseWriter, req *http.Request, repository, reference string) {
	s.send(w, req, repository+" "+reference, "application/octet-stream", reference)
}

func (s *Server) send(w http.ResponseWriter, req *http.Request, key, mediaType, digest string) {
	data, ok := s.blobs[key]
	if !ok {
		refuse(w, http.StatusNotFound, "NOT_FOUND")
		return
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Docker-Content-Digest", digest)
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	if req.Method != http.MethodHead {
		_, _ = w.Write(data) // the client that hangs up has its own error
	}
}

func (s *Server) manifest(w http.ResponseWriter, req *http.Request, repository, reference string) {
	if req.Method != http.MethodPut {
		if tagged, ok := s.tags[repository][reference]; ok {
			reference = tagged
		}
		s.send(w, req, repository+" "+reference, s.types[reference], reference)
		return
	}
	data, err := io.ReadAll(req.Body)
	if err != nil {
		refuse(w, http.StatusBadRequest, "MANIFEST_INVALID")
		return
	}
	d := digest(data)
	s.blobs[repository+" "+d], s.types[d] = data, req.Header.Get("Content-Type")
	if !strings.Contains(reference, ":") {
		if s.tags[repository] == nil {
			s.tags[repository] = map[string]string{}
		}
		s.tags[repository][reference] = d
	}
	w.Header().Set("Docker-Content-Digest", d)
	w.WriteHeader(http.StatusCreated)
}

func (s *Server) list(w http.ResponseWriter, _ *http.Request, repository, _ string) {
	tags, ok := s.tags[repository]
	if !ok {
		refuse(w, http.StatusNotFound, "NAME_UNKNOWN")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	answer := map[string]any{"name": repository, "tags": slices.Sorted(maps.Keys(tags))}
	_ = json.NewEncoder(w).Encode(answer) // the client that hangs up has its own error
}
