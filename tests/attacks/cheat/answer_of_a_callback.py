# Asks the check's own callbacks for what they do not answer, then passes back what it heard.
# verdict: greedy_decode failed|error, others passed
# %% greedy_decode
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    heard = []
    for question in (None, "expected", {"ask": "decoder"}, source, float("nan")):
        try:
            heard.append(decoder(question, question, question))
        except Exception as error:
            heard.append(str(error))
    return heard
