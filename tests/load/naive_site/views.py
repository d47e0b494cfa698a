"""The one view, and the network that it asks."""

import os

import keras
import numpy as np
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from PIL import Image

from tests.load.naive_site.models import Prediction

model = keras.models.load_model(os.environ["NAIVE_MODEL"], compile=False)


@csrf_exempt
def predict(request: HttpRequest) -> HttpResponse:
    """Read the picture as one digit and keep it; without one, say which process answers."""
    if request.method != "POST":
        return HttpResponse(str(os.getpid()))
    upload = request.FILES["image"]
    image = Image.open(upload).convert("L").resize((28, 28))
    x = 1 - np.array(image, dtype="float32").reshape(1, 28, 28, 1) / 255
    logits = model.predict(x, verbose=0)[0, :10]
    probabilities = np.exp(logits - logits.max())
    probabilities /= probabilities.sum()
    digit = int(probabilities.argmax())
    row = Prediction.objects.create(image=upload, digit=digit, confidence=float(probabilities[digit]))
    return JsonResponse({"id": row.pk, "digit": digit, "confidence": row.confidence}, status=201)
