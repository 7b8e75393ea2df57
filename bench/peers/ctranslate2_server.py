"""The other server of bench/questions/serving.ts: CTranslate2, the engine of LibreTranslate, behind LibreTranslate's POST /translate.

ctranslate2_server.py CONVERTED TOKENIZER PRECISION WORKERS BEAMS   a folder that convert.py has made, one with source.spm, target.spm and
                                                                    vocab.json, and how it translates; it listens at a free port, says
                                                                    where on standard error, and ends with its standard input
It is the smallest server that is fair: http.server of Python with a thread for each connection, which stays open, and a batcher. Each worker
of one thread (inter_threads) takes all texts that wait when it is free, up to BATCH, into one batch: no text waits for others to come.
Sentences are not split, and languages not looked at.
"""
import json
import os
import queue
import sys
import threading
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import ctranslate2
import sentencepiece

# The most texts of a batch, as LibreTranslate's engine has it.
BATCH = 32
MOST_TOKENS = 256


class Pieces:
    """Texts as pieces of the converted model, which are named t0, t1, … by their ids, and back."""

    def __init__(self, folder):
        self.source, self.target = (sentencepiece.SentencePieceProcessor(f'{folder}/{side}.spm') for side in ('source', 'target'))
        with open(f'{folder}/vocab.json', encoding='utf-8') as file:
            ids = json.load(file)
        special = ('<pad>', '</s>', '<unk>')
        self.named = {piece: piece if piece in special else f't{i}' for piece, i in ids.items()}
        self.pieces = {name: piece for piece, name in self.named.items()}

    def of(self, text):
        return [self.named.get(piece, '<unk>') for piece in self.source.encode(text, out_type=str)]

    def text(self, names):
        return self.target.decode_pieces([self.pieces[name] for name in names])


class Batcher:
    """Translates texts of many requests together: each worker takes those that wait into one batch."""

    def __init__(self, translator, pieces, workers, beams):
        self.translator = translator
        self.pieces = pieces
        self.beams = beams
        self.waiting = queue.SimpleQueue()
        for _ in range(workers):
            threading.Thread(target=self.work, daemon=True).start()

    def translate(self, texts):
        futures = [Future() for _ in texts]
        for text, future in zip(texts, futures):
            self.waiting.put((self.pieces.of(text), future))
        return [self.pieces.text(future.result()) for future in futures]

    def work(self):
        while True:
            batch = self.taken()
            try:
                settings = dict(beam_size=self.beams, max_decoding_length=MOST_TOKENS, max_batch_size=0)
                results = self.translator.translate_batch([source for source, _ in batch], **settings)
                for (_, future), result in zip(batch, results):
                    future.set_result(result.hypotheses[0])
            except Exception as error:
                for _, future in batch:
                    future.set_exception(error)

    def taken(self):
        batch = [self.waiting.get()]
        try:
            while len(batch) < BATCH:
                batch.append(self.waiting.get_nowait())
        except queue.Empty:
            pass
        return batch


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer is one packet

    def do_POST(self):
        try:
            asked = json.loads(self.rfile.read(int(self.headers['content-length'])))
            q = asked['q']
            translated = self.server.batcher.translate(q if isinstance(q, list) else [q])
            self.answer(200, {'translatedText': translated if isinstance(q, list) else translated[0]})
        except Exception as error:
            self.answer(500, {'error': str(error)})

    def answer(self, status, value):
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header('content-type', 'application/json')
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024


if __name__ == '__main__':
    converted, tokenizer, precision, workers, beams = sys.argv[1:]
    threading_options = dict(inter_threads=int(workers), intra_threads=1)
    translator = ctranslate2.Translator(f'{converted}/{precision}', device='cpu', compute_type=precision, **threading_options)
    server = Server(('127.0.0.1', 0), Handler)
    server.batcher = Batcher(translator, Pieces(tokenizer), int(workers), int(beams))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f'ctranslate2 {ctranslate2.__version__} is listening at http://127.0.0.1:{server.server_port}', file=sys.stderr, flush=True)
    sys.stdin.read()
    os._exit(0)  # CTranslate2's threads may be at work
